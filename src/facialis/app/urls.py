"""Every address of the casebook. A test holds each one against who may ask for it."""

from __future__ import annotations

from django.urls import path

from facialis.app.accounts import views as accounts
from facialis.app.course import views as course
from facialis.app.diary import views as diary
from facialis.app.drawings import drawings_css
from facialis.app.history import views as history
from facialis.app.jobs import views as jobs
from facialis.app.library import views as library
from facialis.app.people import views as people
from facialis.app.questionnaires import views as questionnaires
from facialis.app.recordings import views as recordings
from facialis.app.review import views as review

__all__ = ["urlpatterns"]

urlpatterns = [
    path("", people.home, name="home"),
    path("first-run/", accounts.first_run, name="first_run"),
    path("login/", accounts.enter, name="login"),
    path("logout/", accounts.leave, name="logout"),
    path("language/", accounts.choose_language, name="language"),
    path("drawings.css", drawings_css, name="drawings_css"),
    path("people/new/", people.add, name="add_person"),
    path("people/<int:pk>/", people.today, name="person"),
    path("people/<int:pk>/delete/", people.delete, name="delete_person"),
    path("people/<int:pk>/recordings/new/", recordings.add, name="add_recording"),
    path("people/<int:pk>/diary/", diary.diary, name="diary"),
    path("people/<int:pk>/diary/column/", diary.add_column, name="add_column"),
    path("people/<int:pk>/treatments/", diary.treatments, name="treatments"),
    path("people/<int:pk>/questionnaires/", questionnaires.questionnaires, name="questionnaires"),
    path("people/<int:pk>/questionnaires/<slug:key>/", questionnaires.questionnaire, name="questionnaire"),
    path("people/<int:pk>/history/", history.history, name="history"),
    path("people/<int:pk>/guide/", course.guide, name="guide"),
    path("people/<int:pk>/library/", library.library, name="library"),
    path("people/<int:pk>/library/<slug:key>/", library.article, name="article"),
    path("people/<int:pk>/course/", course.course, name="course"),
    path("people/<int:pk>/visit.pdf", course.visit_pdf, name="visit_pdf"),
    path("people/<int:pk>/visit-clinician.pdf", course.clinician_pdf, name="clinician_pdf"),
    path("people/<int:pk>/folder.zip", course.folder_zip, name="folder_zip"),
    path("rows/<int:pk>/delete/", diary.remove_row, name="delete_row"),
    path("uploads/<str:token>/", recordings.upload, name="upload"),
    path("recordings/<int:pk>/", recordings.show, name="recording"),
    path("recordings/<int:pk>/progress/", jobs.progress, name="progress"),
    path("recordings/<int:pk>/stop/", jobs.stop_job, name="stop_job"),
    path("recordings/<int:pk>/again/", jobs.begin_again, name="begin_again"),
    path("recordings/<int:pk>/review/judge/", review.judge, name="judge"),
    path("recordings/<int:pk>/review/undo/", review.undo, name="undo"),
    path("recordings/<int:pk>/review/redo/", review.redo, name="redo"),
    path("recordings/<int:pk>/review/exclude/", review.exclude, name="exclude"),
    path("recordings/<int:pk>/review/include/", review.include, name="include"),
    path("recordings/<int:pk>/delete/", recordings.delete, name="delete_recording"),
    path("recordings/<int:pk>/film/", recordings.film, name="film"),
    path("recordings/<int:pk>/files/<str:name>", recordings.result_file, name="result_file"),
]
