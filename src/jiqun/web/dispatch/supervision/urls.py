"""Addresses of tasks, notices and the calendar."""

from django.urls import path

from jiqun.web.dispatch.supervision.views import calendar, notices, tasks

app_name = "supervision"
urlpatterns = [
    path("tasks/", tasks.board, name="board"),
    path("tasks/gantt/", tasks.gantt, name="gantt"),
    path("tasks/<slug:task>/", tasks.task, name="task"),
    path("tasks/<slug:task>/assign/", tasks.assign, name="task-assign"),
    path("tasks/<slug:task>/milestones/", tasks.add_milestone, name="task-milestone-add"),
    path("tasks/<slug:task>/report/", tasks.report, name="task-report"),
    path("milestones/<int:pk>/", tasks.change_milestone, name="task-milestone"),
    path("task-reports/<int:pk>/", tasks.decide, name="task-report-decide"),
    path("attachments/<int:pk>/", tasks.attachment, name="attachment"),
    path("notices/", notices.notices, name="notices"),
    path("notices/new/", notices.new, name="notice-new"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("notices/<int:pk>/print/", notices.printed, name="notice-print"),
    path("notice-orders/<int:pk>/", notices.change, name="notice-order"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/key/", calendar.new_key, name="calendar-key"),
    path("calendar/<str:key>.ics", calendar.feed, name="feed"),
]
