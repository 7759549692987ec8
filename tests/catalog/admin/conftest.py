import pytest

from tests.admin import sign_in


@pytest.fixture
def editor(client):
    sign_in(client, "eve", "Editors")
    return client
