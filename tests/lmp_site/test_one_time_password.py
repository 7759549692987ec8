import pytest

from lmp_site import one_time_password

NEW_PASSWORD = "a-quiet-huddle-7"


@pytest.fixture
def admin(client, db, settings, tmp_path):
    """A client that is signed in with the one-time password, which is admin.password."""
    settings.STATE_DIR = tmp_path
    name, client.password = one_time_password.create_admin()
    client.post("/admin/login/", {"username": name, "password": client.password})
    return client


def change_password(admin, new):
    data = {"old_password": admin.password, "new_password1": new, "new_password2": new}
    return admin.post("/admin/password_change/", data)


def test_the_admin_first_asks_for_a_new_password(admin):
    for page in ("/admin/", "/admin/auth/user/", "/admin/catalog/"):
        response = admin.get(page)
        assert (response.status_code, response.url) == (302, "/admin/password_change/")
    assert admin.get("/admin/password_change/").status_code == 200


def test_the_whole_admin_opens_after_the_password_is_changed(admin):
    assert change_password(admin, NEW_PASSWORD).status_code == 302
    assert admin.get("/admin/").status_code == 200


def test_a_refused_password_changes_nothing(admin):
    assert change_password(admin, "12345").status_code == 200
    assert admin.get("/admin/").status_code == 302


def test_the_admin_asks_at_every_sign_in_until_the_password_is_changed(admin):
    admin.post("/admin/logout/")
    admin.post("/admin/login/", {"username": "admin", "password": admin.password})
    assert admin.get("/admin/").url == "/admin/password_change/"


def test_other_admins_are_not_asked(admin, django_user_model):
    admin.force_login(django_user_model.objects.create_superuser("editor", password=NEW_PASSWORD))
    assert admin.get("/admin/").status_code == 200


def test_public_pages_stay_open(admin):
    assert admin.get("/").status_code == 200
