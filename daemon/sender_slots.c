/* sender_slots.c - the lists that slots stand in; see sender.h. Nothing here allocates but slots_init. */
#include <stdlib.h>

#include "base/buf.h"
#include "sender.h"
#include "sender_sign.h"

void
slot_push(struct slot_list *l, struct slot_entry *e)
{
	e->next = NULL;
	if (l->tail)
		l->tail->next = e;
	else
		l->head = e;
	l->tail = e;
	l->count++;
}

void
slot_push_first(struct slot_list *l, struct slot_entry *e)
{
	e->next = l->head;
	l->head = e;
	if (!l->tail)
		l->tail = e;
	l->count++;
}

struct slot_entry *
slot_take(struct slot_list *l)
{
	struct slot_entry *e = l->head;

	if (!e)
		return NULL;
	l->head = e->next;
	if (!l->head)
		l->tail = NULL;
	l->count--;
	e->next = NULL;
	return e;
}

void
slot_join(struct slot_list *first, struct slot_list *then)
{
	if (!then->head)
		return;
	if (first->tail)
		first->tail->next = then->head;
	else
		first->head = then->head;
	first->tail = then->tail;
	first->count += then->count;
	*then = (struct slot_list){ 0 };
}

void
slots_init(struct sender *s)
{
	size_t i;

	s->slot = xcalloc(2 * s->most, sizeof(*s->slot));
	for (i = 0; i < 2 * s->most; i++)
		slot_push(&s->free, &s->slot[i]);
}

void
slots_release(struct sender *s)
{
	size_t i;

	for (i = 0; s->slot && i < 2 * s->most; i++)
		if (s->slot[i].outbox)
			buf_release(&s->slot[i].mail.message);
	free(s->slot);
	s->slot = NULL;
}

struct slot_entry *
slot_new(struct sender *s)
{
	struct slot_entry *e = slot_take(&s->free);

	if (!e)
		abort(); /* the caller counted */
	s->used++;
	e->recalled = false;
	return e;
}

void
slot_free(struct sender *s, struct slot_entry *e)
{
	if (e->outbox)
		buf_release(&e->mail.message);
	else if (e->compiled)
		e->compiled->uses--;
	e->outbox = false;
	e->compiled = NULL;
	e->lane = NULL;
	e->relay = NULL;
	s->used--;
	slot_push_first(&s->free, e); /* the one used last is the one in the processor's cache */
}

bool
sender_waits(const struct sender *s)
{
	return s->used > s->busy + s->done.count;
}

bool
campaign_has_slots(const struct sender *s, int64_t campaign_id)
{
	size_t i;

	for (i = 0; i < 2 * s->most; i++)
		if (s->slot[i].compiled && s->slot[i].claim.campaign_id == campaign_id)
			return true;
	return false;
}
