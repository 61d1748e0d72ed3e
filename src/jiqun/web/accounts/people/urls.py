"""Addresses of the pages of people."""

from django.urls import path

from jiqun.web.accounts.people import views

app_name = "people"
urlpatterns = [
    path("people/accounts/", views.accounts, name="accounts"),
    path("people/accounts/<int:pk>/", views.account, name="account"),
    path("people/accounts/<int:pk>/role/", views.account_role, name="account-role"),
    path("people/accounts/<int:pk>/act/", views.account_act, name="account-act"),
    path("people/organisations/", views.organisations, name="organisations"),
    path("people/organisations/new/", views.organisation_new, name="organisation-new"),
    path("people/organisations/<int:pk>/", views.organisation, name="organisation"),
    path("people/organisations/<int:pk>/state/", views.organisation_state, name="organisation-state"),
    path("people/invitations/", views.invitations, name="invitations"),
    path("people/invitations/new/", views.invitation_new, name="invitation-new"),
    path("people/invitations/<int:pk>/act/", views.invitation_act, name="invitation-act"),
    path("join/<str:token>/", views.join, name="join"),
]
