"""Uses the page of a video as a reader does: watches, seeks and searches the transcript."""

from playwright.sync_api import expect

VIDEO_PATH = "/videos/find-better-solutions/"
WORKSTATION = {"viewport": {"width": 1280, "height": 900}}


def watch(page, query=""):
    """Opens the page of the video and waits until its length and captions are loaded."""
    page.goto(VIDEO_PATH + query)
    page.wait_for_function("() => document.querySelector('video').readyState > 0")
    return page.locator("video")


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def mode(video, kind):
    find = "(video, kind) => [...video.textTracks].find(track => track.kind === kind).mode"
    return video.evaluate(find, kind)


def second(video):
    return video.evaluate("video => video.currentTime")


def seek(video, second):
    video.evaluate("(video, second) => { video.currentTime = second }", second)


def expect_time(video, about):
    """Waits until the video is at that second or at most 3 seconds after it."""
    wait = "([video, about]) => video.currentTime >= about && video.currentTime < about + 3"
    video.page.wait_for_function(wait, arg=[video.element_handle(), about - 0.1])


def expect_playing(video):
    expect(video).to_have_js_property("paused", False)


def cue(page, words):
    return page.locator(".words > span", has_text=words)


def spoken_now(page):
    return page.locator(".words [aria-current]")


def chapter_now(page):
    return page.locator(".chapters [aria-current]")


def expect_in_the_box(part):
    """Waits until `part` is visible in the scrolling box of the transcript."""
    part.page.wait_for_function(
        """part => {
            const box = part.closest(".transcript-text");
            const [inner, outer] = [part, box].map(element => element.getBoundingClientRect());
            return inner.top >= outer.top && inner.bottom <= outer.bottom;
        }""",
        arg=part.element_handle(),
    )


def field(page):
    return page.get_by_label("Find in the transcript")


def hits(page):
    return page.locator(".transcript-text mark")


def find_in_transcript(page, words):
    field(page).fill(words)
    expect(page.locator(".find output")).not_to_be_empty()
