# One Makefile, no recursion into folders. `make` builds bin/; SAN=1 builds with sanitizers under build/san; B= and CC= give other builds of their own;
# V=1 shows the commands.
# Targets people use: all demo pictures test torture soak mutation coverage check-all fuzz bench bench-million install deb deb-test format lint headers clean.

PREFIX  ?= /usr/local
VERSION := $(shell cat VERSION)
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
B       ?= build$(if $(SAN),/san)
BIN     := $(if $(filter build,$(B)),bin,$(B)/bin)
T       ?= 60# seconds for each fuzzer
Q       := $(if $(V),,@)
,       := ,
SAY     := @$(if $(V),:,echo)

PACKAGES := libcurl sqlite3 uuid libmicrohttpd gmime-3.0 libcrypto yaml-0.1 libxml-2.0 jansson libseccomp libidn2 libsystemd
WARN     := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat -Wformat-security $(if $(CI)$(WERROR),-Werror)
HARDEN   := -fstack-protector-strong -fPIE -Wdate-time $(if $(SAN),,-D_FORTIFY_SOURCE=2)
SANITIZE := $(if $(SAN),-fsanitize=address -fsanitize=undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
CFLAGS   ?= -O2 -g
# Other people's headers are -isystem: their warnings are theirs.
CPPFLAGS += -D_GNU_SOURCE -DNEWSLETTER_VERSION='"$(VERSION)"' -Ilib $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PACKAGES)))
ALL_CFLAGS := -std=c17 $(WARN) $(HARDEN) $(SANITIZE) $(CFLAGS) $(EXTRA)
ALL_LDFLAGS := -pie -Wl,-z,relro,-z,now,--as-needed $(SANITIZE) $(LDFLAGS)
LIBS     := $(shell pkg-config --libs $(PACKAGES)) -lcmark -linih -lresolv -lpthread

LIB_SRC    := $(wildcard lib/*/*.c)
CLI_SRC    := $(wildcard cli/*.c)
DAEMON_SRC := $(wildcard daemon/*.c)
UNIT_SRC   := $(wildcard tests/unit/test_*.c)
TOOL_SRC   := $(wildcard tests/daemon/*.c tests/tools/*.c)
FUZZ_SRC   := $(wildcard tests/fuzz/fuzz_*.c)
ALL_SRC    := $(LIB_SRC) $(CLI_SRC) $(DAEMON_SRC) $(UNIT_SRC) $(TOOL_SRC) $(FUZZ_SRC) \
	      $(wildcard $(addsuffix /*.c,tests/probe tests/torture tests/mutation tests/soak tools bench))
HEADERS    := $(wildcard lib/*/*.h cli/*.h daemon/*.h tests/*/*.h bench/*.h)
TEMPLATES  := $(sort $(wildcard templates/mail/* templates/web/* templates/words/* templates/lists/*))
obj         = $(patsubst %.c,$(B)/%.o,$(1))
GENERATED  := $(B)/gen/schema.o $(B)/gen/templates.o
UNIT       := $(patsubst tests/unit/%.c,$(B)/unit/%,$(UNIT_SRC))
TOOLS      := $(addprefix $(B)/tests/,$(notdir $(basename $(TOOL_SRC))))
FUZZERS    := $(patsubst tests/fuzz/%.c,$(B)/fuzzers/%,$(FUZZ_SRC))
SCRIPTS    := bootstrap tests/lib.sh $(wildcard tests/*/*.sh bench/lib.sh) \
	      $(shell grep -lsE '^\#!/bin/(ba)?sh' .ci/run tools/* bench/* tests/run tests/layers tests/*/*.t tests/cli/docs_world tests/daemon/make_mails tests/soak/run packaging/* packaging/debian/newsletter.p*)

.PHONY: all programs demo pictures test torture soak mutation coverage check-all fuzz fuzzers bench bench-million install deb deb-test format lint headers clean
.SECONDARY:
.DELETE_ON_ERROR:
all: $(BIN)/newsletter $(BIN)/newsletterd

$(BIN)/newsletter: $(call obj,$(CLI_SRC)) $(B)/libnewsletter.a
$(BIN)/newsletterd: $(B)/daemon/main.o $(B)/libdaemon.a $(B)/libnewsletter.a
$(BIN)/newsletter $(BIN)/newsletterd:
	@mkdir -p $(@D)
	$(SAY) "  LD $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(B)/libnewsletter.a: $(call obj,$(LIB_SRC)) $(GENERATED)
	@rm -f $@
	$(SAY) "  AR $@"
	$(Q)ar rcs $@ $^

# The daemon but for its main(), so that tests can reach into it.
$(B)/libdaemon.a: $(call obj,$(filter-out daemon/main.c,$(DAEMON_SRC)))
	@rm -f $@
	$(SAY) "  AR $@"
	$(Q)ar rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(SAY) "  CC $@"
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
$(B)/gen/%.o: $(B)/gen/%.c
	$(SAY) "  CC $@"
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

# The schema and the default templates are part of the binaries: nothing to find at run time, nothing to open in a sandbox.
$(B)/gen/schema.c: schema.sql tools/embed
	@mkdir -p $(@D)
	@tools/embed schema_sql schema.sql >$@
$(B)/gen/templates.c: tools/embed $(TEMPLATES)
	@mkdir -p $(@D)
	@tools/embed -t templates $(TEMPLATES) >$@

# Unit tests: one program per module; it may include the module's own .c file's header only.
$(B)/unit/%: $(B)/tests/unit/%.o $(B)/libdaemon.a $(B)/libnewsletter.a
	@mkdir -p $(@D)
	$(SAY) "  LD $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) -lcmocka
# Programs that tests run: what a peer, a checker or a burglar would do.
$(B)/tests/%: $(B)/tests/daemon/%.o $(B)/libnewsletter.a
	$(SAY) "  LD $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
$(B)/tests/%: $(B)/tests/tools/%.o $(B)/libnewsletter.a
	$(SAY) "  LD $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
$(B)/fuzzers/%: $(B)/tests/fuzz/%.o $(B)/libdaemon.a $(B)/libnewsletter.a
	@mkdir -p $(@D)
	$(SAY) "  LD $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

# What makes a command's statements fail, for tests/torture/statements.t; and a machine that has less, for those of tests/cli that name it.
FAILING := $(B)/tests/failing.so
LESS    := $(B)/tests/kernel.so
$(B)/tests/%.so: tests/torture/%.c
	@mkdir -p $(@D)
	$(SAY) "  LD $@"
	$(Q)$(CC) $(CPPFLAGS) -std=c17 $(WARN) -fPIC -shared -o $@ $<

# The daemon whose roles try to break out, for tests/daemon/sandbox.t.
PROBE := $(B)/probe/newsletterd
$(B)/probe/%.o: daemon/%.c
	@mkdir -p $(@D)
	$(SAY) "  CC $@"
	$(Q)$(CC) $(CPPFLAGS) -DROLE_PROBE $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
$(PROBE): $(B)/daemon/main.o $(addprefix $(B)/probe/,role.o sandbox_files.o) $(B)/tests/probe/probe.o $(B)/libdaemon.a $(B)/libnewsletter.a
	$(SAY) "  LD $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
# Both programs with a clock that can be set, for the soak.
SOAK := $(B)/soak/newsletter $(B)/soak/newsletterd
$(B)/soak/newsletter: $(call obj,$(CLI_SRC)) $(B)/tests/soak/clock.o $(B)/libnewsletter.a
$(B)/soak/newsletterd: $(B)/daemon/main.o $(B)/tests/soak/clock.o $(B)/libdaemon.a $(B)/libnewsletter.a
$(SOAK):
	@mkdir -p $(@D)
	$(SAY) "  LD $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
# The demo's reader of the outbox.
$(B)/tools/%: $(B)/tools/%.o $(B)/libnewsletter.a
	$(SAY) "  LD $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

programs: all $(UNIT) $(TOOLS) $(PROBE) $(LESS) $(B)/tools/outbox_page
test: programs
	BIN=$(BIN) B=$(B) tests/run $(ONLY)

# What takes long: kills by the hundred, KILLS= and SEED= as tests/torture/kill.t says; whether the tests notice a ledger that is
# broken on purpose, and each small change to links, judge and limits (ONLY=links …); V=1 tells what noticed it.
torture: programs $(FAILING)
	BIN=$(BIN) B=$(B) KILLS=$(or $(KILLS),300) LIMIT=1800 timeout -k 10 3900 tests/run $(sort $(wildcard tests/torture/*.t))
# Two hours of mixed life with trouble of every kind: HOURS= or SECONDS=, SEED=; tests/soak/run says the rest. It takes about a quarter of a core.
soak: $(SOAK)
	B=$(B) HOURS=$(HOURS) SECONDS_OF_LIFE=$(SECONDS) SEED=$(SEED) tests/soak/run
# ONLY= names a part (ledger mutations by a word of their name; links, judge, limits, pace; a file): the parts can be run one by one. Seconds of a
# processor: ledger 340 (and as many of waiting again), links 35, judge 120, limits 300, pace 415, the builds 200. Two idle ones need half the limit.
mutation: programs
	timeout -k 10 3600 sh -c 'for made in run generated; do tests/mutation/$$made "$$0"; got=$$?; case $$got in 3) ;; *) [ $$got = 0 ] || bad=1; any=1 ;; esac; done; \
	  [ -z "$$bad" ] && [ "$$any" ]' "$(ONLY)"

# The matrix: both compilers, sanitizers, valgrind; each part in a build of its own and with an end.
check-all: headers
	timeout 3600 $(MAKE) B=build/gcc CC=gcc WERROR=1 test
	timeout 3600 $(MAKE) B=build/clang CC=clang WERROR=1 test
	timeout 3600 $(MAKE) SAN=1 WERROR=1 test ONLY='unit content cli daemon'
	VALGRIND='valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite' timeout 3600 $(MAKE) test ONLY='unit $(wildcard tests/daemon/main*.t)'

# What no test reaches. The programs count in files that they map when they start: a role counts from inside its sandbox, and one that is killed has counted.
# Many run at the same time and share a file: without atomic the only count of a place can be lost.
COUNTING := -fprofile-instr-generate=$(CURDIR)/build/cov/profile/%m%c.profraw -fprofile-update=atomic -fcoverage-mapping -mllvm -runtime-counter-relocation
# As environment, so that a test that calls make gets the same build.
COUNTS   := B=build/cov CC=clang CFLAGS='-O1 -g -Wno-unused-command-line-argument' EXTRA='$(COUNTING)'
coverage:
	$(COUNTS) $(MAKE) programs build/cov/tests/failing.so
	$(COUNTS) timeout -k 10 3600 tests/coverage/run $(ONLY)

fuzz:
	$(MAKE) B=build/fuzz CC=clang SAN=1 EXTRA=-fsanitize=fuzzer-no-link fuzzers
	for f in $(patsubst tests/fuzz/fuzz_%.c,%,$(FUZZ_SRC)); do mkdir -p build/fuzz/corpus/$$f tests/fuzz/corpus/$$f; \
	  build/fuzz/fuzzers/fuzz_$$f -max_total_time=$(T) -timeout=10 -verbosity=0 -artifact_prefix=build/fuzz/ \
	    build/fuzz/corpus/$$f tests/fuzz/corpus/$$f || exit 1; done
fuzzers: $(FUZZERS)

# The pages and mails as they look now, into docs/pictures.
pictures: all $(B)/tests/make_link
	BIN=$(BIN) B=$(B) ONLY=$(ONLY) tools/pictures
demo: all $(B)/tools/outbox_page
	BIN=$(BIN) OUTBOX_PAGE=$(B)/tools/outbox_page tools/demo
BENCH := $(patsubst bench/%.c,$(B)/bench/%,$(filter-out bench/count_malloc.c,$(wildcard bench/*.c)))
$(B)/bench/%: $(B)/bench/%.o $(B)/libnewsletter.a
	$(SAY) "  LD $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
# What the command line gathers is compiled as there.
$(B)/bench/compile: $(B)/bench/compile.o $(call obj,$(wildcard cli/mailing*.c) cli/option.c cli/filter.c cli/people.c) $(B)/libnewsletter.a
	$(SAY) "  LD $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
# The daemon that counts its own objects' allocations.
COUNTED := $(B)/bench/newsletterd
$(COUNTED): $(B)/daemon/main.o $(B)/bench/count_malloc.o $(B)/libdaemon.a $(B)/libnewsletter.a
	$(SAY) "  LD $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(patsubst %,-Wl$(,)--wrap=%,malloc calloc realloc strdup strndup) -o $@ $^ $(LIBS)
bench: all $(BENCH) $(COUNTED)
	BIN=$(abspath $(BIN)) B=$(abspath $(B)) bench/run $(ONLY)
bench-million: all $(BENCH) $(COUNTED)
	BIN=$(abspath $(BIN)) B=$(abspath $(B)) bench/run million

# The units, completions and man pages go where systemd and the shells look for them below PREFIX; what is read there has its paths right.
SHARE := $(DESTDIR)$(PREFIX)/share
UNIT_DIR ?= $(PREFIX)/lib/systemd/system
ZSH_DIR ?= $(PREFIX)/share/zsh/site-functions
UNITS := $(DESTDIR)$(UNIT_DIR)
EXAMPLES := $(SHARE)/doc/newsletter/examples
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(UNITS) $(DESTDIR)$(ZSH_DIR) $(addprefix $(DESTDIR)$(PREFIX)/lib/,sysusers.d tmpfiles.d) \
	  $(addprefix $(SHARE)/,man/man1 man/man5 man/man7 man/man8 bash-completion/completions doc/newsletter/examples/prometheus doc/newsletter/docs/pictures)
	install $(BIN)/newsletter $(BIN)/newsletterd $(DESTDIR)$(PREFIX)/bin
	for page in docs/*.[1578]; do install -m 644 $$page $(SHARE)/man/man$${page##*.}/ || exit 1; done
	for unit in packaging/*.service packaging/*.timer; do \
	  sed 's,/usr/local/bin/,$(PREFIX)/bin/,' $$unit >$(UNITS)/$${unit##*/} && chmod 644 $(UNITS)/$${unit##*/} || exit 1; done
	install -m 644 packaging/newsletter.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/newsletter.conf
	install -m 644 packaging/newsletter.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/newsletter.conf
	install -m 644 README.md $(SHARE)/doc/newsletter
	install -m 644 docs/*.md $(SHARE)/doc/newsletter/docs
	install -m 644 docs/pictures/architecture.svg $(SHARE)/doc/newsletter/docs/pictures
	install -m 644 packaging/prometheus/* $(EXAMPLES)/prometheus
	for file in packaging/Caddyfile packaging/crontab packaging/*.conf packaging/*.cf; do \
	  sed 's,/usr/local/bin/,$(PREFIX)/bin/,' $$file >$(EXAMPLES)/$${file##*/} && chmod 644 $(EXAMPLES)/$${file##*/} || exit 1; done
	$(BIN)/newsletter help commands | tools/completions bash >$(SHARE)/bash-completion/completions/newsletter
	$(BIN)/newsletter help commands | tools/completions zsh >$(DESTDIR)$(ZSH_DIR)/_newsletter

# The Debian package of this tree: build/newsletter_VERSION_ARCH.deb. deb-test installs, upgrades and purges it, in a Debian 12 of its own: root.
deb:
	tools/deb build/deb build
deb-test: deb
	LIMIT=3000 timeout -k 10 3600 tests/run tests/packaging/deb.t

headers:
	@for h in $(HEADERS); do $(CC) $(CPPFLAGS) $(ALL_CFLAGS) -Werror -fsyntax-only -x c $$h || exit 1; done
	@echo "every header compiles alone"

format:
	clang-format -i $(ALL_SRC) $(HEADERS)

# What looks at one file does so when that file or a header of its changed.
lint: $(patsubst %.c,$(B)/lint/%,$(ALL_SRC))
	clang-format --dry-run -Werror $(ALL_SRC) $(HEADERS)
	tools/columns 140 $(ALL_SRC) $(HEADERS)
	@mkdir -p $(B)/lint/cppcheck
	cppcheck --quiet --error-exitcode=1 --cppcheck-build-dir=$(B)/lint/cppcheck --std=c11 --enable=warning,performance,portability --inline-suppr \
	  -Ilib -D_GNU_SOURCE -DNEWSLETTER_VERSION='""' $(ALL_SRC)
	shellcheck $(sort $(SCRIPTS))
	mandoc -T lint -W warning docs/*.[1578]
	tools/docs_check
	tests/mutation/run --fit
$(B)/lint/%: %.c .clang-tidy tests/.clang-tidy
	@mkdir -p $(@D)
	@echo "  LINT $<"
	@clang-tidy --quiet $< -- $(CPPFLAGS) -std=c17 2>$@.log || { grep -v "warnings generated" $@.log; exit 1; }
	@gcc $(CPPFLAGS) -std=c17 $(WARN) -Werror -O2 $(if $(filter tests/%,$<),,-fanalyzer) -MMD -MP -MT $@ -MF $@.d -c -o /dev/null $<
	@touch $@

-include $(wildcard $(addprefix $(B)/,lib/*/*.d cli/*.d daemon/*.d tests/*/*.d tools/*.d bench/*.d probe/*.d lint/*/*.d lint/*/*/*.d))
clean:
	rm -rf build bin
