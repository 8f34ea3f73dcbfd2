"""A client of libpurple without a screen, by ctypes: commands on standard input, one JSON object an event on standard output.

usage: libpurple-client.py simple|sipe HOME USER@DOMAIN HOST:PORT UDP|TCP PASSWORD [CONTACT ...]
  msg WHO TEXT      an IM               {"event": "signed-on"}
  typing WHO 1|0    types or paused     {"event": "message", "from": ..., "text": ...}
  close WHO         closes a window     {"event": "typing" | "typed" | "stopped", "from": ...}
  quit                                  {"event": "status", "from": ..., "status": ...}
                                        {"event": "error", "text": ...}
"""
import ctypes as C
import html
import json
import os
import sys

protocol, home, user, server, transport, password, *contacts = sys.argv[1:]
Pointer, Text, Int, Unsigned = C.c_void_p, C.c_char_p, C.c_int, C.c_uint
glib = C.CDLL('libglib-2.0.so.0')
purple = C.CDLL('libpurple.so.0', mode=C.RTLD_GLOBAL)
# libpurple may write to standard output; the events keep it for themselves.
events = os.fdopen(os.dup(1), 'w')
os.dup2(2, 1)
kept = []


def function(library, name, result, *arguments):
    found = getattr(library, name)
    found.restype, found.argtypes = result, list(arguments)
    return found


def tell(event, **more):
    print(json.dumps({'event': event, **more}), file=events, flush=True)


# The event loop of libpurple is the caller's: glib's.
Watch = C.CFUNCTYPE(Int, Pointer, Int, Pointer)
Input = C.CFUNCTYPE(None, Pointer, Int, Int)
timeout_add = function(glib, 'g_timeout_add', Unsigned, Unsigned, Pointer, Pointer)
timeout_add_seconds = function(glib, 'g_timeout_add_seconds', Unsigned, Unsigned, Pointer, Pointer)
source_remove = function(glib, 'g_source_remove', Int, Unsigned)
channel_new = function(glib, 'g_io_channel_unix_new', Pointer, Int)
add_watch = function(glib, 'g_io_add_watch', Unsigned, Pointer, Int, Watch, Pointer)
IN, OUT, ERR, HUP, NVAL = 1, 4, 8, 16, 32


def input_add(descriptor, condition, handler, data):
    wanted = (IN | HUP | ERR if condition & 1 else 0) | (OUT | HUP | ERR | NVAL if condition & 2 else 0)
    handle = C.cast(handler, Input)

    def ready(_channel, happened, _data):
        seen = (1 if happened & (IN | HUP | ERR) else 0) | (2 if happened & (OUT | HUP | ERR | NVAL) else 0)
        handle(data, descriptor, seen)
        return 1

    kept.append(Watch(ready))
    return add_watch(channel_new(descriptor), wanted, kept[-1], None)


TimeoutAdd = C.CFUNCTYPE(Unsigned, Unsigned, Pointer, Pointer)
Remove = C.CFUNCTYPE(Int, Unsigned)
InputAdd = C.CFUNCTYPE(Unsigned, Int, Int, Pointer, Pointer)


class Loop(C.Structure):
    _fields_ = [('timeout_add', TimeoutAdd), ('timeout_remove', Remove), ('input_add', InputAdd),
                ('input_remove', Remove), ('input_get_error', Pointer), ('timeout_add_seconds', TimeoutAdd),
                ('reserved', Pointer * 3)]


loop = Loop(TimeoutAdd(lambda ms, call, data: timeout_add(ms, call, data)), Remove(lambda source: source_remove(source)),
            InputAdd(input_add), Remove(lambda source: source_remove(source)), None,
            TimeoutAdd(lambda seconds, call, data: timeout_add_seconds(seconds, call, data)))
core = (Pointer * 8)()
function(purple, 'purple_util_set_user_dir', None, Text)(home.encode())
function(purple, 'purple_core_set_ui_ops', None, Pointer)(C.byref(core))
function(purple, 'purple_eventloop_set_ui_ops', None, Pointer)(C.byref(loop))
function(purple, 'purple_plugins_add_search_path', None, Text)(b'/usr/lib/purple-2')
if not function(purple, 'purple_core_init', Int, Text)(b'test'):
    sys.exit('libpurple does not start')
function(purple, 'purple_set_blist', None, Pointer)(function(purple, 'purple_blist_new', Pointer)())
function(purple, 'purple_prefs_load', Int)()

account_new = function(purple, 'purple_account_new', Pointer, Text, Text)
set_password = function(purple, 'purple_account_set_password', None, Pointer, Text)
set_string = function(purple, 'purple_account_set_string', None, Pointer, Text, Text)
set_int = function(purple, 'purple_account_set_int', None, Pointer, Text, Int)
set_bool = function(purple, 'purple_account_set_bool', None, Pointer, Text, Int)


def sipe_account():
    made = account_new(f'{user},{user}'.encode(), b'prpl-sipe')
    for name, value in (('server', server), ('transport', transport), ('authentication', 'ntlm')):
        set_string(made, name.encode(), value.encode())
    return made


def simple_account():
    made = account_new(user.encode(), b'prpl-simple')
    host, port = server.split(':')
    set_bool(made, b'useproxy', 1)
    set_string(made, b'proxy', host.encode())
    set_int(made, b'port', int(port))
    set_bool(made, b'udp', int(transport == 'udp'))
    set_bool(made, b'dopublish', 1)
    return made


account = {'sipe': sipe_account, 'simple': simple_account}[protocol]()
set_password(account, password.encode())

handle = C.c_int(0)
connect = function(purple, 'purple_signal_connect', C.c_ulong, Pointer, Text, Pointer, Pointer, Pointer)
strip = function(purple, 'purple_markup_strip_html', Text, Text)


def on(instance, name, arguments, act):
    kept.append(C.CFUNCTYPE(None, *arguments)(act))
    connect(instance, name.encode(), C.byref(handle), C.cast(kept[-1], Pointer), None)


conversations = function(purple, 'purple_conversations_get_handle', Pointer)()
connections = function(purple, 'purple_connections_get_handle', Pointer)()
buddies = function(purple, 'purple_blist_get_handle', Pointer)()
on(conversations, 'received-im-msg', [Pointer, Text, Text, Pointer, Int, Pointer],
   lambda _a, who, text, *_: tell('message', **{'from': who.decode(), 'text': strip(text).decode()}))
for name in ('typing', 'typed', 'typing-stopped'):
    on(conversations, f'buddy-{name}', [Pointer, Text, Pointer],
       lambda _a, who, _d, name=name: tell(name.replace('typing-', ''), **{'from': who.decode()}))
MESSAGE_ERROR = 0x200
on(conversations, 'wrote-im-msg', [Pointer, Text, Text, Pointer, Int, Pointer],
   lambda _a, who, text, _c, flags, _d: tell('error', text=strip(text).decode()) if flags & MESSAGE_ERROR else None)
on(connections, 'signed-on', [Pointer, Pointer], lambda *_: tell('signed-on'))
on(connections, 'connection-error', [Pointer, Int, Text, Pointer], lambda _g, _r, text, _d: tell('error', text=text.decode()))

name_of = function(purple, 'purple_buddy_get_name', Text, Pointer)
presence_of = function(purple, 'purple_buddy_get_presence', Pointer, Pointer)
active_of = function(purple, 'purple_presence_get_active_status', Pointer, Pointer)
id_of = function(purple, 'purple_status_get_id', Text, Pointer)


def tell_status(buddy):
    tell('status', **{'from': name_of(buddy).decode(), 'status': id_of(active_of(presence_of(buddy))).decode()})


on(buddies, 'buddy-status-changed', [Pointer, Pointer, Pointer, Pointer], lambda buddy, *_: tell_status(buddy))
for name in ('on', 'off'):
    on(buddies, f'buddy-signed-{name}', [Pointer, Pointer], lambda buddy, _d: tell_status(buddy))

connection_of = function(purple, 'purple_account_get_connection', Pointer, Pointer)
conversation_new = function(purple, 'purple_conversation_new', Pointer, Int, Pointer, Text)
conversation_find = function(purple, 'purple_find_conversation_with_account', Pointer, Int, Text, Pointer)
conversation_end = function(purple, 'purple_conversation_destroy', None, Pointer)
im_of = function(purple, 'purple_conversation_get_im_data', Pointer, Pointer)
im_send = function(purple, 'purple_conv_im_send', None, Pointer, Text)
send_typing = function(purple, 'serv_send_typing', Unsigned, Pointer, Text, Int)
IM = 1
TYPING, TYPED = 1, 2


def obey(line):
    command, *words = line.split(' ', 2)
    if command == 'quit':
        function(purple, 'purple_core_quit', None)()
        os._exit(0)
    who = words[0].encode()
    window = conversation_find(IM, who, account)
    if command == 'msg':
        im_send(im_of(window or conversation_new(IM, account, who)), html.escape(words[1], quote=False).encode())
    elif command == 'typing':
        send_typing(connection_of(account), who, TYPING if words[1] == '1' else TYPED)
    elif command == 'close' and window:
        conversation_end(window)


unread = b''


def commands(_channel, _condition, _data):
    global unread
    received = os.read(0, 65536)
    if not received:
        obey('quit')
    *lines, unread = (unread + received).split(b'\n')
    for line in lines:
        obey(line.decode())
    return 1


kept.append(Watch(commands))
add_watch(channel_new(0), IN | HUP, kept[-1], None)
function(purple, 'purple_accounts_add', None, Pointer)(account)
group = function(purple, 'purple_group_new', Pointer, Text)(b'contacts')
for contact in contacts:
    buddy = function(purple, 'purple_buddy_new', Pointer, Pointer, Text, Text)(account, contact.encode(), None)
    function(purple, 'purple_blist_add_buddy', None, Pointer, Pointer, Pointer, Pointer)(buddy, None, group, None)
ONLINE = 2
status = function(purple, 'purple_savedstatus_new', Pointer, Text, Int)(None, ONLINE)
function(purple, 'purple_savedstatus_activate', None, Pointer)(status)
function(purple, 'purple_account_set_enabled', None, Pointer, Text, Int)(account, b'test', 1)
function(glib, 'g_main_loop_run', None, Pointer)(function(glib, 'g_main_loop_new', Pointer, Pointer, Int)(None, 0))
