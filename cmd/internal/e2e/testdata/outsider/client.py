#!/usr/bin/python3
"""One side of a call, written from docs/protocol.md and nothing else.

    client.py SERVER TOKEN PITCH FOLDER [EXPERT]

With EXPERT it is a member and calls that expert; without it is an expert, makes
itself available and accepts. It agrees to the recording, sings a tone of PITCH Hz,
hears the other for HEAR_SECONDS of a recorded call, and then the member hangs up.
What it heard is FOLDER/heard.wav; once the recording can be played it fetches that
as FOLDER/played.wav. The last line it prints is a JSON object of what it saw.
"""
import array
import asyncio
import fractions
import json
import math
import pathlib
import sys
import urllib.request
import wave

import websockets
from aiortc import MediaStreamTrack, RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame

RATE = 48000
FRAME = RATE // 50  # samples in 20 ms
LOUDNESS = 12000
HEAR_SECONDS = 3


class Tone(MediaStreamTrack):
    """An endless tone in frames of 20 ms."""

    kind = "audio"

    def __init__(self, pitch):
        super().__init__()
        self.pitch, self.sent, self.begun = pitch, 0, None

    async def recv(self):
        now = asyncio.get_running_loop().time()
        self.begun = self.begun or now
        await asyncio.sleep(self.begun + self.sent / RATE - now)
        turn = 2 * math.pi * self.pitch / RATE
        pcm = array.array("h", (round(LOUDNESS * math.sin(turn * (self.sent + i))) for i in range(FRAME)))
        frame = AudioFrame(format="s16", layout="mono", samples=FRAME)
        frame.planes[0].update(pcm.tobytes())
        frame.sample_rate, frame.pts, frame.time_base = RATE, self.sent, fractions.Fraction(1, RATE)
        self.sent += FRAME
        return frame


class Client:
    """One socket, at most one call, at most one peer connection."""

    def __init__(self, server, token, pitch, expert):
        self.server, self.token, self.pitch, self.expert = server, token, pitch, expert
        self.socket = self.welcome = self.peer = self.call = self.ready = None
        self.asked = self.ringing = self.hung_up = False
        self.answered = ""  # hash of the question that was answered last
        self.heard = []  # stereo frames, from the first recorded second on
        self.listening = set()
        self.saw = []  # states of the call and of the light, each change once

    async def run(self):
        url = self.server.replace("http", "ws", 1) + "/api/v1/socket"
        async with websockets.connect(url, subprotocols=["parley.v1"]) as self.socket:
            await self.send("hello", token=self.token)
            async for text in self.socket:
                message = json.loads(text)
                take = getattr(self, "on_" + message["type"].replace(".", "_"), None)
                if take:  # what is not known is passed over
                    await take(message)
                if self.ready and self.call["state"] == "ended":
                    break
        await self.hang_media_up()

    async def send(self, kind, **fields):
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def on_welcome(self, message):
        self.welcome = message
        if not self.expert:
            await self.send("presence.set", available=True)

    async def on_directory(self, message):
        for entry in message["experts"]:
            await self.on_directory_changed({"expert": entry})

    async def on_directory_changed(self, message):
        entry = message["expert"]
        if entry["id"] == self.expert and entry["state"] == "available" and not self.ringing:
            self.ringing = True
            await self.send("call.start", expert=self.expert)

    async def on_call(self, message):
        view = self.call = message["call"]
        self.note(view)
        if view["state"] == "ringing" and view["role"] == "expert" and not self.ringing:
            self.ringing = True
            await self.send("call.accept", call=view["id"])
        question = view["consent"]["question"]
        if question and question["kind"] == "question" and question["hash"] != self.answered:
            self.answered = question["hash"]
            await self.send("consent.shown", call=view["id"], hash=question["hash"])
            await self.send("consent.answer", call=view["id"], hash=question["hash"], answer="yes")

    def note(self, view):
        saw = [view["state"], view["recording"]["state"]]
        if not self.saw or self.saw[-1] != saw:
            self.saw.append(saw)

    async def on_media_offer(self, message):
        await self.hang_media_up()
        # aiortc reads no address of IPv6 in a URI.
        servers = [RTCIceServer([u for u in s["urls"] if "[" not in u], s.get("username"), s.get("credential")) for s in self.welcome["ice_servers"]]
        self.peer = RTCPeerConnection(RTCConfiguration(servers))
        self.peer.addTrack(Tone(self.pitch))
        self.peer.on("track", self.hear)
        await self.peer.setRemoteDescription(RTCSessionDescription(message["sdp"], "offer"))
        await self.peer.setLocalDescription(await self.peer.createAnswer())
        about = {"call": message["call"], "generation": message["generation"]}
        # This library gathers before it answers, so its candidates are in the SDP.
        await self.send("media.answer", sdp=self.peer.localDescription.sdp, **about)
        await self.send("media.candidate", candidate=None, **about)

    async def on_recording_ready(self, message):
        self.ready = message["recording"]

    async def on_error(self, message):
        raise SystemExit(f"refused: {message}")

    def hear(self, track):
        task = asyncio.ensure_future(self.listen(track))
        self.listening.add(task)
        task.add_done_callback(self.listening.discard)

    async def listen(self, track):
        """Keeps what arrives while the light is on; the member hangs up after."""
        try:
            while True:
                frame = await track.recv()
                if self.call["recording"]["state"] == "recording":
                    self.heard.append(bytes(frame.planes[0])[: FRAME * 4])
                if len(self.heard) >= HEAR_SECONDS * 50 and self.expert and not self.hung_up:
                    self.hung_up = True
                    await self.send("call.hangup", call=self.call["id"])
        except MediaStreamError:
            pass  # the call is over

    async def hang_media_up(self):
        if self.peer:
            await self.peer.close()
        if self.listening:
            await asyncio.wait(self.listening)

    def save_heard(self, path):
        with wave.open(str(path), "wb") as out:
            out.setnchannels(2)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(b"".join(self.heard))

    def rest(self, method, path, headers, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.headers, response.read()

    def play(self, path):
        """Fetches the recording as a player would: a play, its cookie, its address."""
        bearer = {"Authorization": "Bearer " + self.token, "Content-Type": "application/json"}
        headers, body = self.rest("POST", f"/api/v1/recordings/{self.ready}/plays", bearer, {})
        cookie = headers["Set-Cookie"].split(";")[0]
        _, audio = self.rest("GET", json.loads(body)["wav_url"], {"Cookie": cookie})
        path.write_bytes(audio)


def main(server, token, pitch, folder, expert=None):
    client = Client(server, token, float(pitch), expert)
    asyncio.run(asyncio.wait_for(client.run(), 60))
    folder = pathlib.Path(folder)
    client.save_heard(folder / "heard.wav")
    client.play(folder / "played.wav")
    print(json.dumps({"call": client.call["id"], "recording": client.ready,
                      "end_reason": client.call["end_reason"], "saw": client.saw}))


if __name__ == "__main__":
    main(*sys.argv[1:])
