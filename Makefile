# One non-recursive Makefile. `make` builds bin/; SAN=1 builds with sanitizers under build/san; B= and CC= give other builds of their own.
# Targets people use: all demo test check-all torture fuzz soak bench install format lint headers clean.

PREFIX  ?= /usr/local
VERSION := $(shell cat VERSION)
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
B       ?= build$(if $(SAN),/san)
BIN     := $(if $(filter build,$(B)),bin,$(B)/bin)

PACKAGES := libcurl sqlite3 uuid libmicrohttpd gmime-3.0 libcrypto yaml-0.1 libxml-2.0 jansson libseccomp libidn2 libsystemd
WARN     := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat -Wformat-security $(if $(CI)$(WERROR),-Werror)
HARDEN   := -fstack-protector-strong -fPIE -Wdate-time $(if $(SAN),,-D_FORTIFY_SOURCE=2)
SANITIZE := $(if $(SAN),-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
CFLAGS   ?= -O2 -g
CPPFLAGS += -D_GNU_SOURCE -DNEWSLETTER_VERSION='"$(VERSION)"' -Ilib $(shell pkg-config --cflags $(PACKAGES))
ALL_CFLAGS := -std=c17 $(WARN) $(HARDEN) $(SANITIZE) $(CFLAGS) $(EXTRA)
ALL_LDFLAGS := -pie -Wl,-z,relro,-z,now,--as-needed $(SANITIZE) $(LDFLAGS)
LIBS     := $(shell pkg-config --libs $(PACKAGES)) -lcmark -linih -lpthread

LIB_SRC    := $(wildcard lib/*/*.c)
CLI_SRC    := $(wildcard cli/*.c)
DAEMON_SRC := $(wildcard daemon/*.c)
UNIT_SRC   := $(wildcard tests/unit/test_*.c)
HEADERS    := $(wildcard lib/*/*.h cli/*.h daemon/*.h)
TEMPLATES  := $(sort $(wildcard templates/mail/* templates/web/*))
obj         = $(patsubst %.c,$(B)/%.o,$(1))
GENERATED  := $(B)/gen/schema.o $(B)/gen/templates.o
UNIT       := $(patsubst tests/unit/%.c,$(B)/unit/%,$(UNIT_SRC))

.PHONY: all demo test check-all torture fuzz soak bench install format lint headers clean
.SECONDARY:
.DELETE_ON_ERROR:
all: $(BIN)/newsletter $(BIN)/newsletterd

$(BIN)/newsletter: $(call obj,$(CLI_SRC)) $(B)/libnewsletter.a
$(BIN)/newsletterd: $(call obj,$(DAEMON_SRC)) $(B)/libnewsletter.a
$(BIN)/newsletter $(BIN)/newsletterd:
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(B)/libnewsletter.a: $(call obj,$(LIB_SRC)) $(GENERATED)
	@rm -f $@
	ar rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
$(B)/gen/%.o: $(B)/gen/%.c
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

# The schema and the default templates are part of the binaries: nothing to find at run time, nothing to open in a sandbox.
$(B)/gen/schema.c: schema.sql tools/embed
	@mkdir -p $(@D)
	tools/embed schema_sql schema.sql >$@
$(B)/gen/templates.c: tools/embed $(TEMPLATES)
	@mkdir -p $(@D)
	tools/embed -t templates $(TEMPLATES) >$@

# Unit tests: one program per module; it may include the module's own .c file's header only.
$(B)/unit/%: $(B)/tests/unit/%.o $(B)/libnewsletter.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

-include $(shell find $(B) -name '*.d' 2>/dev/null)
clean:
	rm -rf build bin
