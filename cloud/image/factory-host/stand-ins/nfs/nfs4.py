"""A client for NFS 4.0 (RFC 7530), as much of it as a file system needs: one port, plain TCP, AUTH_SYS.

Files are opened only to create them and closed at once; reading and writing use the anonymous stateid, so there is no
state to keep or to recover: after a lost connection or a restart of the server a call is just sent again.
Paths are resolved by the server, in the same message as the operation.
"""
import os
import random
import socket
import struct
import threading
import time

PROGRAM, PORT = 100003, 2049
# operations
(ACCESS, CLOSE, COMMIT, CREATE, GETATTR, GETFH, LINK, LOOKUP, OPEN, OPEN_CONFIRM, PUTFH, PUTROOTFH, READ, READDIR,
 READLINK, REMOVE, RENAME, SAVEFH, SETATTR, SETCLIENTID, SETCLIENTID_CONFIRM, WRITE) = (
    3, 4, 5, 6, 9, 10, 11, 15, 18, 20, 22, 24, 25, 26, 27, 28, 29, 32, 34, 35, 36, 38)
# attributes: number -> (name, kind), in the order of the wire
ATTRIBUTES = {
    1: ('type', 'u'), 4: ('size', 'U'), 20: ('fileid', 'U'), 21: ('files_avail', 'U'), 22: ('files_free', 'U'),
    23: ('files_total', 'U'), 29: ('maxname', 'u'), 30: ('maxread', 'U'), 31: ('maxwrite', 'U'), 33: ('mode', 'u'),
    35: ('numlinks', 'u'), 36: ('owner', 's'), 37: ('owner_group', 's'), 41: ('rawdev', 'd'),
    42: ('space_avail', 'U'), 43: ('space_free', 'U'), 44: ('space_total', 'U'), 45: ('space_used', 'U'),
    47: ('time_access', 't'), 52: ('time_metadata', 't'), 53: ('time_modify', 't')}
OF_FILE = (1, 4, 20, 33, 35, 36, 37, 41, 45, 47, 52, 53)
OF_FILE_SYSTEM = (21, 22, 23, 29, 30, 31, 42, 43, 44)
# attributes that can be set
SIZE, MODE, OWNER, GROUP, ATIME_SET, MTIME_SET = 4, 33, 36, 37, 48, 54
# statuses that are not errno's numbers
BADHANDLE, NOTSUPP, SERVERFAULT, DELAY, EXPIRED, GRACE, STALE_CLIENTID, NAMETOOLONG = (
    10001, 10004, 10006, 10008, 10011, 10013, 10022, 63)
ANONYMOUS = b'\0' * 16
NON_REGULAR = {'dir': 2, 'block': 3, 'char': 4, 'link': 5, 'socket': 6, 'fifo': 7}


class NfsError(Exception):
    """The server's answer to an operation: its NFS status."""

    def __init__(self, status):
        super().__init__('NFS status %d' % status)
        self.status = status


class Unreachable(Exception):
    """No answer within the time that was given."""


def u32(*values):
    return struct.pack('>%dI' % len(values), *values)


def u64(value):
    return struct.pack('>Q', value)


def opaque(data):
    if isinstance(data, str):
        data = data.encode('latin-1')      # names are bytes: one character each, whatever the encoding
    return u32(len(data)) + data + b'\0' * (-len(data) % 4)


def bitmap(numbers):
    words = [0] * (max(numbers) // 32 + 1)
    for n in numbers:
        words[n // 32] |= 1 << n % 32
    return u32(len(words), *words)


def settable(values):
    """fattr4 of {attribute: value}."""
    def encode(n, v):
        if n == SIZE:
            return u64(v)
        if n == MODE:
            return u32(v)
        if n in (OWNER, GROUP):
            return opaque(str(v))
        return u32(1) + struct.pack('>qI', v // 10**9, v % 10**9)    # nanoseconds
    return bitmap(values) + opaque(b''.join(encode(n, values[n]) for n in sorted(values)))


class Reader:
    """Takes values off an XDR message, one after the other."""

    def __init__(self, data):
        self.data, self.at = memoryview(data), 0

    def u32(self):
        self.at += 4
        return int.from_bytes(self.data[self.at - 4:self.at], 'big')

    def u64(self):
        self.at += 8
        return int.from_bytes(self.data[self.at - 8:self.at], 'big')

    def bytes(self, n):
        self.at += n + -n % 4
        start = self.at - n - -n % 4
        return bytes(self.data[start:start + n])

    def opaque(self):
        return self.bytes(self.u32())

    def results(self, count):
        """Passes the headers (number, status) of COUNT operations whose results, but for the last, have no body."""
        self.at += 8 * count
        return self

    def attributes(self):
        words = [self.u32() for _ in range(self.u32())]
        end = self.u32()
        end += self.at
        found = {}
        for n in (w * 32 + b for w, word in enumerate(words) for b in range(32) if word >> b & 1):
            name, kind = ATTRIBUTES[n]
            found[name] = {'u': self.u32, 'U': self.u64, 's': lambda: self.opaque().decode('latin-1'),
                           'd': lambda: (self.u32(), self.u32()),
                           't': lambda: (self.u64() ^ 1 << 63) * 10**9 - (1 << 63) * 10**9 + self.u32()}[kind]()
        self.at = end
        return found


class Connection:
    """One TCP connection; one call at a time."""

    def __init__(self, address, timeout):
        self.address, self.timeout, self.socket = address, timeout, None

    def connect(self):
        family = socket.getaddrinfo(*self.address, type=socket.SOCK_STREAM)[0][0]
        s = socket.socket(family, socket.SOCK_STREAM)
        # servers with the option `secure` want a port of root's
        for port in random.sample(range(665, 1024), 50):
            try:
                s.bind(('', port))
                break
            except OSError:
                continue
        s.settimeout(self.timeout)
        s.connect(self.address)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = s

    def call(self, message):
        if self.socket is None:
            self.connect()
        size = sum(map(len, message))
        message = [u32(0x80000000 | size), *message]
        sent = self.socket.sendmsg(message)
        if sent < size + 4:
            self.socket.sendall(memoryview(b''.join(message))[sent:])
        answer = bytearray()
        last = False
        while not last:
            mark = int.from_bytes(self.receive(4), 'big')
            last = bool(mark >> 31)
            answer += self.receive(mark & 0x7fffffff)
        return answer

    def receive(self, n):
        data = bytearray(n)
        view = memoryview(data)
        while len(view):
            got = self.socket.recv_into(view)
            if not got:
                raise ConnectionError('closed by the server')
            view = view[got:]
        return data

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None


class Client:
    """Calls to one server from any number of threads. Never gives up unless `soft` seconds are given."""

    def __init__(self, server, port=PORT, soft=None):
        self.address, self.soft = (server, port), soft
        self.idle, self.lock = [], threading.Lock()
        self.name = ('%s:%d:%s' % (socket.gethostname(), os.getpid(), os.urandom(8).hex())).encode()
        self.client_id, self.open_lock = None, threading.Lock()
        self.sequence, self.owner = 0, b''

    def compound(self, operations, credentials=(0, 0, ())):
        """Sends operations (a list of bytes); returns a Reader before the first result's header."""
        uid, gid, groups = credentials
        auth = u32(0) + opaque(socket.gethostname()) + u32(uid, gid, len(groups), *groups)
        xid = random.getrandbits(32)
        head = u32(xid, 0, 2, PROGRAM, 4, 1, 1) + opaque(auth) + u32(0, 0)
        message = [head + opaque(b'') + u32(0, len(operations)), *operations]
        give_up = None if self.soft is None else time.monotonic() + self.soft
        pause = 0
        while True:
            try:
                answer = Reader(self.send(message))
                status = self.status(answer, xid)
            except OSError as e:
                if give_up and time.monotonic() > give_up:
                    raise Unreachable(str(e))
                time.sleep(pause)
                pause = 1
                continue
            if status in (DELAY, GRACE):
                time.sleep(0.5)
                continue
            if status:
                raise NfsError(status)
            answer.opaque(), answer.u32()
            return answer

    @staticmethod
    def status(answer, xid):
        """The status of a reply, whose header is read."""
        if answer.u32() != xid:
            raise ConnectionError('an answer to another call')
        answer.u32()
        if answer.u32():
            return 13       # denied: the credentials
        answer.u32(), answer.opaque()
        return SERVERFAULT if answer.u32() else answer.u32()

    def send(self, message):
        with self.lock:
            connection = self.idle.pop() if self.idle else Connection(self.address, 60)
        try:
            answer = connection.call(message)
        except OSError:
            # the others are as dead
            with self.lock:
                dead, self.idle = [connection, *self.idle], []
            for c in dead:
                c.close()
            raise
        with self.lock:
            self.idle.append(connection)
        return answer

    def identify(self):
        """A client id, which only opening needs. Called with open_lock held."""
        answer = self.compound([u32(SETCLIENTID) + os.urandom(8) + opaque(self.name)
                                + u32(0) + opaque('tcp') + opaque('0.0.0.0.0.0') + u32(0)])
        self.client_id = answer.results(1).u64()
        self.compound([u32(SETCLIENTID_CONFIRM) + u64(self.client_id) + answer.bytes(8)])
        self.sequence, self.owner = 0, os.urandom(8)

    def create_file(self, directory, name, mode, exclusive, credentials):
        """Creates (unless exclusive: or takes) a regular file; returns its handle."""
        with self.open_lock:
            for attempt in range(5):
                if self.client_id is None:
                    self.identify()
                try:
                    return self._open(directory, name, mode, exclusive, credentials)
                except NfsError as e:
                    # a new id for what the server has forgotten, a new owner for a broken sequence
                    self.client_id = None
                    if e.status not in (EXPIRED, STALE_CLIENTID, 10023, 10025, 10026) or attempt == 4:
                        raise

    def _open(self, directory, name, mode, exclusive, credentials):
        opening = (u32(OPEN, self.sequence, 3, 0) + u64(self.client_id) + opaque(self.owner)
                   + u32(1, 1 if exclusive else 0) + settable({MODE: mode}) + u32(0) + opaque(name))
        answer = self.compound([*directory, opening, u32(GETFH)], credentials)
        stateid = answer.results(len(directory) + 1).bytes(16)
        answer.u32(), answer.u64(), answer.u64()
        flags = answer.u32()
        for _ in range(answer.u32()):
            answer.u32()
        if answer.u32():
            raise NfsError(SERVERFAULT)      # a delegation, although there is no way to call us back
        handle = answer.results(1).opaque()
        self.sequence += 1
        if flags & 2:
            answer = self.compound([u32(PUTFH) + opaque(handle), u32(OPEN_CONFIRM) + stateid + u32(self.sequence)], credentials)
            stateid = answer.results(2).bytes(16)
            self.sequence += 1
        self.compound([u32(PUTFH) + opaque(handle), u32(CLOSE, self.sequence) + stateid], credentials)
        self.sequence += 1
        return handle
