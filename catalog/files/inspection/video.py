"""Reads the facts of a video file, and says whether phones can play it."""

import math
import os
from pathlib import Path

from pymediainfo import MediaInfo

from catalog.sandbox.exceptions import Refused

FORMATS = {"mp4": "MPEG-4", "webm": "WebM"}
EBML, SEGMENT = b"\x1aE\xdf\xa3", b"\x18S\x80g"
MAX_BOXES = 100_000
SAFE_AUDIO = ("", "AAC", "MP3")
WEBM_CODECS = ("VP8", "VP9", "AV1")
MAX_PHONE_SIZE = (1920, 1088)  # pixels (long side, short side) that phones decode in H.264
MAX_FRAME_RATE = 60.5  # frames per second


def read(path, ending):
    """Returns the facts of an "mp4" or "webm" video.

    {"seconds": int, "width", "height": pixels as shown, "rotated": bool, "picture" (the codec),
    "profile", "chroma": as MediaInfo names them, "bits": int or None, "rate": frames per second or
    None, "sound": codec or "", "streamable": whether an MP4 has its index first, None for WebM}.
    Raises Refused: video_other_format, video_cut_off, video_no_picture, video_no_length,
    video_unreadable.
    """
    with Path(path).open("rb") as file:
        streamable = mp4_streamable(file) if ending == "mp4" else check_webm(file)
        general, video, audio = read_tracks(file)
    if general.format != FORMATS[ending]:
        raise Refused("video_other_format" if general.format else "video_unreadable")
    return facts_of(general, video, audio) | {"streamable": streamable}


def phone_problems(facts):
    """Returns a code for each reason why some phone of the last eight years plays the video badly.

    The list is empty if every phone plays it well.
    """
    problems = [
        codec_problem(facts),
        "too_large" if is_too_large(facts) else "",
        "too_fast" if (facts["rate"] or 0) > MAX_FRAME_RATE else "",
        "sound_other" if is_other_audio(facts) else "",
        "index_at_end" if facts["streamable"] is False else "",
    ]
    return [code for code in problems if code]


def codec_problem(facts):
    if facts["picture"] == "HEVC":
        return "picture_hevc"
    if facts["picture"] in WEBM_CODECS:
        return "picture_webm"
    if facts["picture"] != "AVC":
        return "picture_other"
    is_8_bit_420 = (facts["bits"] or 8) == 8 and (facts["chroma"] or "4:2:0") == "4:2:0"
    return "" if is_8_bit_420 else "picture_depth"


def is_too_large(facts):
    short, long = sorted((facts["width"], facts["height"]))
    return long > MAX_PHONE_SIZE[0] or short > MAX_PHONE_SIZE[1]


def is_other_audio(facts):
    # The sound of a WebM video is not a second problem: exporting to MP4 solves both.
    return facts["sound"] not in SAFE_AUDIO and facts["picture"] not in WEBM_CODECS


def mp4_streamable(file):
    """Whether the index of an MP4 file comes before its frames.

    Raises Refused if the file is not an MP4, or if a box is cut off.
    """
    if file.read(8)[4:] != b"ftyp":
        raise Refused("video_other_format")
    boxes = list(whole_boxes(file))
    if not {b"moov", b"mdat"} <= set(boxes):
        raise Refused("video_cut_off")
    return boxes.index(b"moov") < boxes.index(b"mdat")


def whole_boxes(file):
    """Yields the types of the boxes of an MP4 file, up to the first one that is cut off."""
    offset, end = 0, os.fstat(file.fileno()).st_size
    for _number in range(MAX_BOXES):
        file.seek(offset)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = end - offset
        if len(head) < 8 or length < 8 or offset + length > end:
            break
        yield head[4:8]
        offset += length


def check_webm(file):
    """Raises Refused unless the file is a WebM whose segment is complete, if it states a length."""
    head, end = file.read(64), os.fstat(file.fileno()).st_size
    if not head.startswith(EBML) or b"webm" not in head:
        raise Refused("video_other_format")
    start = 4 + sum(ebml_length(head[4:]))
    file.seek(min(start, end))
    head = file.read(12)
    width, length = ebml_length(head[4:])
    if len(head) < 12 or (head[:4] == SEGMENT and start + 4 + width + length > end):
        raise Refused("video_cut_off")


def ebml_length(data):
    """Returns (number of bytes read, the length that they state or 0 if unknown).

    >>> ebml_length(b"\\x9f"), ebml_length(b"\\x40\\x80"), ebml_length(b"\\xff")
    ((1, 31), (2, 128), (1, 0))
    """
    width = 9 - data[0].bit_length() if data else 1
    bits = 7 * width
    length = int.from_bytes(data[:width], "big") & ((1 << bits) - 1)
    return width, 0 if length == (1 << bits) - 1 else length


def read_tracks(file):
    """Returns (general track, first video track or None, first audio track or None).

    Raises Refused if MediaInfo cannot read the file.
    """
    file.seek(0)
    try:
        # The open file, not its path: MediaInfo must not open other files that it points to.
        tracks = MediaInfo.parse(file).tracks
    # MediaInfo raises OSError and RuntimeError; parsing its XML raises other errors.
    except Exception as error:
        raise Refused("video_unreadable") from error
    by_type = {track.track_type: track for track in reversed(tracks)}
    if "General" not in by_type:
        raise Refused("video_unreadable")
    return by_type["General"], by_type.get("Video"), by_type.get("Audio")


def facts_of(general, video, audio):
    check_video_track(general, video)
    rotated = round(to_float(video.rotation) or 0) % 180 == 90
    size = int(to_float(video.width)), int(to_float(video.height))
    width, height = reversed(size) if rotated else size
    return {
        "seconds": max(1, round(to_float(general.duration) / 1000)),
        "width": width,
        "height": height,
        "rotated": rotated,
        "picture": video.format or "",
        "profile": video.format_profile or "",
        "bits": int(to_float(video.bit_depth) or 0) or None,
        "chroma": video.chroma_subsampling or "",
        "rate": to_float(video.frame_rate),
        "sound": audio_codec(audio),
    }


def check_video_track(general, video):
    if video is None or not to_float(video.width) or not to_float(video.height):
        raise Refused("video_no_picture")
    if video.frame_count is not None and not to_float(video.frame_count):
        raise Refused("video_no_picture")
    if not to_float(general.duration):
        # A WebM that was recorded in a browser does not say how long it is.
        raise Refused("video_no_length" if general.format == "WebM" else "video_no_picture")


def audio_codec(audio):
    if audio is None:
        return ""
    # MediaInfo does not always report the layer. In videos it is the third one.
    is_mp3 = audio.format == "MPEG Audio" and audio.format_profile in (None, "Layer 3")
    return "MP3" if is_mp3 else audio.format or "?"


def to_float(value):
    """Returns `value` as a float, or None if it is not a finite number."""
    try:
        result = float(value)
    except (TypeError, ValueError):
        return None
    return result if math.isfinite(result) else None
