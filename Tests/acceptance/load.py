"""Loads an HTTP server on loopback from one thread, over connections that are kept. Standard library only."""

import asyncio
import time


def percentile(values, share):
    """The value that this share of all is not above; None of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


class Connection:
    """One exchange at a time."""

    def __init__(self, port):
        self.port = port
        self.reader = self.writer = None

    async def exchange(self, request):
        """Sends the bytes of a request; the status of the answer, whose body is read and dropped."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if length:
            await self.reader.readexactly(length)
        return int(head[9:12])

    def close(self):
        if self.writer is not None:
            self.writer.close()
            self.writer = None


def request(method, path, body=b"", headers=None):
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def closed_loop(port, make, connections, seconds):
    """Each connection sends its next request when the last one is answered. Answers a second, none but 2xx allowed."""

    async def work(end):
        connection, count = Connection(port), 0
        while time.monotonic() < end:
            status = await connection.exchange(make())
            assert 200 <= status < 300, status
            count += 1
        connection.close()
        return count

    async def run():
        began = time.monotonic()
        counts = await asyncio.gather(*(work(began + seconds) for _ in range(connections)))
        return sum(counts) / (time.monotonic() - began)

    return asyncio.run(run())


def open_loop(port, make, rate, seconds, connections=64):
    """Sends so many requests a second, come what may. Latencies in seconds, counted from when a request was due, and the statuses seen."""

    async def run():
        idle = asyncio.Queue()
        for _ in range(connections):
            idle.put_nowait(Connection(port))
        latencies, statuses = [], {}

        async def one(due, body):
            connection = await idle.get()
            try:
                status = await connection.exchange(body)
            except (OSError, asyncio.IncompleteReadError):
                connection.close()
                status = 0
            latencies.append(time.monotonic() - due)
            statuses[status] = statuses.get(status, 0) + 1
            idle.put_nowait(connection)

        tasks, began = [], time.monotonic()
        for number in range(int(rate * seconds)):
            due = began + number / rate
            body = make()
            wait = due - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            tasks.append(asyncio.create_task(one(due, body)))
        await asyncio.gather(*tasks)
        return latencies, statuses

    return asyncio.run(run())
