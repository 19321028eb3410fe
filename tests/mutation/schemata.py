"""schemata.py   every mutant of a C file at once: each is there, and the one whose number the environment has is alive

Made from clang's syntax tree, over the functions of the file. The operators: a comparison is turned round or moved by one, a condition or one
operand of && and || is taken for the other thing, + and - and their like change places, a number is one more (1 is 0), a call, an assignment or
a jump is left out. What stands in a macro's text, in a table or a `case`, stays; and a comparison that picks the larger or the smaller of two
is only turned round.
"""
import json
import re
import subprocess

COMPARED = {'<': ['<=', '>='], '<=': ['<', '>'], '>': ['>=', '<='], '>=': ['>', '<'], '==': ['!='], '!=': ['==']}
COUNTED = {'+': '-', '-': '+', '*': '/', '/': '*', '%': '/', '&': '|', '|': '&', '<<': '>>', '>>': '<<'}
# Asked before each small step: within the line, but for the one run that looks which are reached.
ALIVE = ('extern int mut_alive__; extern char *mut_reached__; __attribute__((always_inline)) static inline int mut__(int n) { '
         'if (__builtin_expect(mut_reached__ != (char *)0, 0)) mut_reached__[n] = 1; return n == mut_alive__; }')
EXPRESSIONS = ('CallExpr', 'CompoundAssignOperator')
JUMPS = ('BreakStmt', 'ContinueStmt', 'GotoStmt')


class Schemata:
    """text of the file with its mutants; `mutants` are (number, line, function, what was, what is instead)."""

    def __init__(self, path, flags, first, defines):
        self.path, self.next, self.defines = str(path), first, defines
        self.source = path.read_text()
        self.bytes = self.source.encode()
        self.mutants, self.before, self.after, self.instead = [], {}, {}, []
        self.function, self.last, self.seen = None, None, set()
        dump = subprocess.run(['clang', '-std=c17', '-fsyntax-only', '-w', '-Xclang', '-ast-dump=json'] + flags + [self.path],
                              check=True, capture_output=True)
        for node in json.loads(dump.stdout)['inner']:
            here = self.last = node.get('loc', {}).get('file') or node.get('loc', {}).get('expansionLoc', {}).get('file') or self.last
            if node['kind'] == 'FunctionDecl' and here == self.path:
                self.function = node['name']
                for child in node.get('inner', []):
                    if child.get('kind') == 'CompoundStmt':
                        self.walk(child, None)
            self.remember(node)

    def remember(self, item):
        """A location names its file only when it is another one than the last that was printed, wherever that was."""
        if isinstance(item, dict):
            self.last = item['file'] if isinstance(item.get('file'), str) else self.last
            for key, value in item.items():
                if key != 'includedFrom':
                    self.remember(value)
        elif isinstance(item, list):
            for value in item:
                self.remember(value)

    # Places: octets from the start of the file, or None inside a macro.
    def begin(self, node):
        at = node.get('range', {}).get('begin', {})
        return at.get('offset') if 'expansionLoc' not in at else self.macro(at['expansionLoc'])[0]

    def end(self, node):
        at = node.get('range', {}).get('end', {})
        if 'expansionLoc' in at:
            return self.macro(at['expansionLoc'])[1]
        return at['offset'] + at['tokLen'] if 'offset' in at else None

    def macro(self, at):
        """From the name of a macro to its end, with its arguments."""
        if at.get('offset') is None or at.get('includedFrom'):
            return None, None
        end = at['offset'] + at['tokLen']
        if self.bytes[end:end + 1] == b'(':
            depth = 0
            while True:
                depth += {b'(': 1, b')': -1}.get(self.bytes[end:end + 1], 0)
                end += 1
                if not depth:
                    break
        return at['offset'], end

    @staticmethod
    def in_macro(node):
        r = node.get('range', {})
        return 'expansionLoc' in r.get('begin', {}) and 'expansionLoc' in r.get('end', {}) and \
            r['begin']['expansionLoc'].get('offset') == r['end']['expansionLoc'].get('offset')

    def text(self, begin, end):
        return ' '.join(self.bytes[begin:end].decode().split())

    def mutant(self, at, was, now):
        number = self.next
        self.next += 1
        self.mutants.append((number, self.bytes.count(b'\n', 0, at) + 1, self.function, was, now))
        return number

    def wrap(self, begin, end, prefix, suffix):
        self.before.setdefault(begin, []).append(prefix)
        self.after.setdefault(end, []).insert(0, suffix)

    def walk(self, node, parent):
        kind = node.get('kind')
        if not kind or kind in ('ConstantExpr', 'UnaryExprOrTypeTraitExpr', 'StaticAssertDecl', 'OffsetOfExpr') or node.get('storageClass') == 'static':
            return
        begin, end = self.begin(node), self.end(node)
        inner = [c for c in node.get('inner', []) if c.get('kind')]
        if kind == 'IntegerLiteral':
            self.number(node, parent)
            return
        if self.in_macro(node) and kind not in ('ImplicitCastExpr',):
            return # its arguments may be there twice, or as text
        if begin is not None and end is not None and begin < end and (begin, end, kind) not in self.seen:
            self.seen.add((begin, end, kind))
            self.operators(node, kind, inner, begin, end, parent)
        for child in inner:
            self.walk(child, node)

    def operators(self, node, kind, inner, begin, end, parent):
        what = parent and parent.get('kind')
        if what in ('CompoundStmt', 'CaseStmt', 'DefaultStmt', 'LabelStmt') or (what in ('IfStmt', 'ForStmt', 'WhileStmt') and self.is_body(node, parent)):
            self.statement(node, kind, begin, end)
        if kind == 'BinaryOperator':
            self.binary(node, inner, begin, end, parent)
        elif kind == 'CompoundAssignOperator' and node['opcode'] in ('+=', '-='):
            right = self.begin(inner[1])
            if right is not None:
                n = self.mutant(begin, self.text(begin, end), {'+=': '-=', '-=': '+='}[node['opcode']])
                self.wrap(right, end, '(mut__(%d) ? -1 : 1) * (' % n, ')')
        elif kind == 'UnaryOperator' and node['opcode'] == '!':
            n = self.mutant(begin, self.text(begin, end), 'without !')
            self.wrap(begin, end, '((', ') != mut__(%d))' % n)
        elif kind in ('IfStmt', 'ConditionalOperator', 'WhileStmt', 'ForStmt'):
            self.condition(kind, node, inner)

    @staticmethod
    def is_body(node, parent):
        inner = [c for c in parent.get('inner', []) if c.get('kind')]
        return node in inner[1:] if parent['kind'] == 'IfStmt' else node is inner[-1]

    def statement(self, node, kind, begin, end):
        if kind in EXPRESSIONS or (kind == 'BinaryOperator' and node['opcode'] == '=') or (kind == 'UnaryOperator' and node['opcode'] in ('++', '--')):
            n = self.mutant(begin, self.text(begin, end), 'left out')
            self.wrap(begin, end, '(void)(mut__(%d) || ((' % n, '), 1))')
        elif kind in JUMPS or (kind == 'ReturnStmt' and not node.get('inner')):
            stop = self.bytes.index(b';', begin) + 1
            n = self.mutant(begin, self.text(begin, stop), 'left out')
            self.wrap(begin, stop, '{ if (!mut__(%d)) ' % n, '}')

    def of_two(self, node, sides, parent):
        """Whether it says which of two numbers is the larger or the smaller one: where they are the same it does not matter."""
        inner = [c for c in (parent or {}).get('inner', []) if c.get('kind')]
        if not inner or inner[0] is not node or len(inner) < 2:
            return False
        if parent['kind'] == 'ConditionalOperator':
            others = inner[1:]
        elif parent['kind'] == 'IfStmt' and len(inner) == 2 and inner[1]['kind'] == 'BinaryOperator' and inner[1]['opcode'] == '=':
            others = inner[1]['inner']
        else:
            return False
        return sorted(self.text(self.begin(s), self.end(s)) for s in sides) == sorted(self.text(self.begin(o), self.end(o)) for o in others)

    def binary(self, node, inner, begin, end, parent):
        op = node['opcode']
        left_end, right = self.end(inner[0]), self.begin(inner[1])
        if left_end is None or right is None or left_end > right or op not in self.text(left_end, right):
            return
        was = self.text(begin, end)
        if op in ('&&', '||'):
            for side in inner:
                b, e = self.begin(side), self.end(side)
                n = self.mutant(b, was, 'without ' + self.text(b, e))
                if op == '&&':
                    self.wrap(b, e, '(mut__(%d) || (' % n, '))')
                else:
                    self.wrap(b, e, '(!mut__(%d) && (' % n, '))')
            return
        pointers = any(('*' in c['type']['qualType'] or '[' in c['type']['qualType']) for c in inner)
        others = COMPARED.get(op) or (not pointers and op in COUNTED and [COUNTED[op]]) or []
        if op in ('<', '<=', '>', '>=') and self.of_two(node, inner, parent):
            others = others[1:]
        if not others:
            return
        plus = '' if pointers else '+'
        numbers = [self.mutant(begin, was, other) for other in others]
        name = numbers[0]
        choice = ''.join('mut__(%d) ? a%d__ %s b%d__ : ' % (n, name, other, name) for n, other in zip(numbers, others))
        self.wrap(begin, end, '({ __auto_type a%d__ = %s(' % (name, plus), '); %sa%d__ %s b%d__; })' % (choice, name, op, name))
        self.instead.append((left_end, right, '); __auto_type b%d__ = %s(' % (name, plus)))

    def condition(self, kind, node, inner):
        if kind == 'ForStmt':
            parts = node.get('inner', [])
            cond = parts[2] if len(parts) == 5 and parts[2].get('kind') else None
        else:
            cond = inner[0]
        if cond is None or self.in_macro(cond):
            return
        b, e = self.begin(cond), self.end(cond)
        if b is None or e is None:
            return
        if kind in ('ForStmt', 'WhileStmt'):
            n = self.mutant(b, self.text(b, e), 'never')
            self.wrap(b, e, '(!mut__(%d) && (' % n, '))')
        elif not (cond['kind'] == 'BinaryOperator' and cond['opcode'] in COMPARED) and not (cond['kind'] == 'UnaryOperator' and cond['opcode'] == '!'):
            n = self.mutant(b, self.text(b, e), 'the contrary')
            self.wrap(b, e, '(!(', ') == mut__(%d))' % n)

    def number(self, node, parent):
        begin, end = self.begin(node), self.end(node)
        if begin is None or (begin, end, 'number') in self.seen or parent.get('castKind') == 'NullToPointer':
            return
        token = self.text(begin, end)
        if self.in_macro(node) and token not in self.defines:
            return
        if not self.in_macro(node) and not re.match(r'(0x)?[0-9a-fA-F]+[uUlL]*$', token):
            return
        self.seen.add((begin, end, 'number'))
        value = int(node['value'])
        line = self.bytes.rfind(b'\n', 0, begin) + 1, self.bytes.find(b'\n', begin)
        n = self.mutant(begin, self.text(*line), '%s is %d%s' % (token, 0 if value == 1 else value + 1, self.which(begin, line, token)))
        self.wrap(begin, end, '(', ' %s mut__(%d))' % ('-' if value == 1 else '+', n))

    def which(self, at, line, token):
        """The second and third of the same number in a line are told apart."""
        found = len(re.findall(r'\b%s\b' % re.escape(token), self.bytes[line[0]:at].decode()))
        return ', number %d' % (found + 1) if found else ''

    def result(self):
        out, at = [ALIVE + '\n#line 1\n'], 0
        places = sorted(set(self.before) | set(self.after) | {b for b, _, _ in self.instead})
        instead = {b: (e, t) for b, e, t in self.instead}
        for place in places:
            if place > at:
                out.append(self.bytes[at:place].decode())
                at = place
            out.extend(self.after.get(place, []))
            if place in instead:
                out.append(instead[place][1])
                at = max(at, instead[place][0])
            out.extend(self.before.get(place, []))
        out.append(self.bytes[at:].decode())
        return ''.join(out)
