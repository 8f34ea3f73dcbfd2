"""Stands where a service manager would: prints each datagram that comes to the socket, one line each, words separated by |.

Closes the descriptors that come along, which is how a manager confirms that it has read everything before [sd_notify_barrier(3)].
"""

import array
import os
import socket
import sys

name = sys.argv[1]
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind("\0" + name[1:] if name.startswith("@") else name)
print("listening", flush=True)
while True:
    data, ancillary, _, _ = listener.recvmsg(4096, socket.CMSG_SPACE(16 * array.array("i").itemsize))
    for _, kind, carried in ancillary:
        if kind == socket.SCM_RIGHTS:
            descriptors = array.array("i")
            descriptors.frombytes(carried[: len(carried) - len(carried) % descriptors.itemsize])
            for descriptor in descriptors:
                os.close(descriptor)
    print(data.decode("utf8").strip().replace("\n", "|"), flush=True)
