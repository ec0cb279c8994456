"""Every address of the casebook. A test holds each one against who may ask for it."""

from __future__ import annotations

from django.urls import path

from facialis.app.accounts import household, mine
from facialis.app.accounts import views as door
from facialis.app.api import views as api
from facialis.app.api.routes import api_patterns
from facialis.app.backup import views as backup
from facialis.app.bin import views as bin_views
from facialis.app.bundle import receiver as bundle_receiver
from facialis.app.bundle import sender as bundle_sender
from facialis.app.clinic import together
from facialis.app.clinic import views as clinic
from facialis.app.comments import views as comments
from facialis.app.course import views as course
from facialis.app.demo import views as demo
from facialis.app.diary import rows, treatment_views
from facialis.app.diary import views as diary
from facialis.app.drawings import drawings_css
from facialis.app.experiment import views as experiment
from facialis.app.filming import views as filming
from facialis.app.help import views as help_views
from facialis.app.history import views as history
from facialis.app.inbox import views as inbox
from facialis.app.jobs import views as jobs
from facialis.app.library import views as library
from facialis.app.people import views as people
from facialis.app.phone import views as phone
from facialis.app.practice import views as practice
from facialis.app.questionnaires import views as questionnaires
from facialis.app.rating import raters, sets
from facialis.app.recordings import arrivals, correcting
from facialis.app.recordings import views as recordings
from facialis.app.review import views as review
from facialis.app.sharing import clinicians
from facialis.app.sharing import views as sharing
from facialis.app.today import views as today
from facialis.app.watching import views as watching

__all__ = ["urlpatterns"]

urlpatterns = [
    path("", people.home, name="home"),
    path("demo/<str:key>/", demo.door, name="demo_door"),
    path("demo/<str:key>/as/", demo.change_sides, name="demo_sides"),
    path("first-run/", door.first_run, name="first_run"),
    path("welcome/<str:token>/", door.welcome, name="welcome"),
    path("login/", door.enter, name="login"),
    path("login/code/", door.second_step, name="second_step"),
    path("login/recover/", door.recover, name="recover"),
    path("logout/", door.leave, name="logout"),
    path("language/", door.choose_language, name="language"),
    path("passkey/ask/", door.ask_passkey, name="ask_passkey"),
    path("passkey/make/", door.make_passkey, name="make_passkey"),
    path("confirm/", door.confirm, name="confirm"),
    path("account/", mine.my_account, name="my_account"),
    path("account/settings/", mine.settings, name="settings"),
    path("account/password/", mine.change_password, name="change_password"),
    path("account/passkeys/", mine.add_passkey, name="add_passkey"),
    path("account/passkeys/<int:pk>/name/", mine.name_passkey, name="name_passkey"),
    path("account/passkeys/<int:pk>/remove/", mine.remove_passkey, name="remove_passkey"),
    path("account/app/", mine.authenticator, name="authenticator"),
    path("account/app/code.svg", mine.authenticator_code, name="authenticator_code"),
    path("account/app/remove/", mine.remove_authenticator, name="remove_authenticator"),
    path("account/codes/", mine.recovery_codes, name="recovery_codes"),
    path("account/sessions/<str:ref>/end/", mine.end, name="end_session"),
    path("account/seen/", mine.seen, name="seen"),
    path("account/programs/", api.programs, name="programs"),
    path("account/programs/new/", api.new_token, name="new_token"),
    path("account/programs/<int:pk>/revoke/", api.revoke, name="revoke_token"),
    path("account/here/", mine.still_here, name="still_here"),
    path("account/delete/", mine.delete_account, name="delete_account"),
    path("accounts/", household.accounts, name="accounts"),
    path("accounts/new/", household.add_account, name="add_account"),
    path("accounts/<int:pk>/invite/", household.invite_again, name="invite_again"),
    path("accounts/<int:pk>/remove/", household.remove_account, name="remove_account"),
    path("drawings.css", drawings_css, name="drawings_css"),
    path("backup/", backup.backup, name="backup"),
    path("backup/now/", backup.backup_now, name="backup_now"),
    path("backup/progress/", backup.backup_progress, name="backup_progress"),
    path("bin/", bin_views.bin_page, name="bin"),
    path("bin/<int:pk>/back/", bin_views.out_of_bin, name="out_of_bin"),
    path("bin/<int:pk>/empty/", bin_views.empty_bin, name="empty_bin"),
    path("people/new/", people.add, name="add_person"),
    path("people/<int:pk>/", today.today, name="person"),
    path("people/<int:pk>/answer/", today.answer, name="answer"),
    path("people/<int:pk>/delete/", people.delete, name="delete_person"),
    path("people/<int:pk>/recordings/new/", recordings.add, name="add_recording"),
    path("people/<int:pk>/inbox/forget/", inbox.forget, name="forget_refused"),
    path("people/<int:pk>/phone/", phone.phone, name="phone"),
    path("people/<int:pk>/phone/code.svg", phone.code, name="phone_code"),
    path("people/<int:pk>/phone/state/", phone.state, name="phone_state"),
    path("people/<int:pk>/phone/revoke/", phone.revoke, name="phone_revoke"),
    path("people/<int:pk>/diary/", diary.diary, name="diary"),
    path("people/<int:pk>/diary/column/", diary.add_column, name="add_column"),
    path("people/<int:pk>/diary/today/", diary.note_day, name="note_day"),
    path("people/<int:pk>/film-day/", today.choose_film_day, name="film_day"),
    path("people/<int:pk>/film-day.ics", today.film_day_ics, name="film_day_ics"),
    path("people/<int:pk>/recordings/", today.recordings, name="recordings"),
    path("people/<int:pk>/side-by-side/", together.side_by_side, name="side_by_side"),
    path("people/<int:pk>/treatments/", treatment_views.treatments, name="treatments"),
    path("treatments/<int:pk>/", treatment_views.treatment, name="treatment"),
    path("people/<int:pk>/questionnaires/", questionnaires.questionnaires, name="questionnaires"),
    path("people/<int:pk>/questionnaires-later/", questionnaires.later, name="questionnaires_later"),
    path("people/<int:pk>/questionnaires/<slug:key>/", questionnaires.questionnaire, name="questionnaire"),
    path("people/<int:pk>/experiment/", experiment.experiment, name="experiment"),
    path("people/<int:pk>/experiment/day/", experiment.note_experiment, name="note_experiment"),
    path("people/<int:pk>/experiment/aside/", experiment.put_experiment_aside, name="put_experiment_aside"),
    path("people/<int:pk>/experiment/up/", experiment.take_experiment_up, name="take_experiment_up"),
    path("people/<int:pk>/sharing/", sharing.sharing, name="sharing"),
    path("people/<int:pk>/sharing/new/", sharing.new_share, name="new_share"),
    path("people/<int:pk>/sharing/send/", bundle_sender.send_bundle, name="send_bundle"),
    path("people/<int:pk>/shared/", clinic.person, name="shared_person"),
    path("people/<int:pk>/shared/treatment/", clinic.enter_treatment, name="enter_treatment"),
    path("people/<int:pk>/shared/sheet/", clinicians.issue, name="issue_sheet"),
    path("shares/<int:pk>/", sharing.change, name="change_share"),
    path("shares/<int:pk>/stop/", sharing.stop, name="stop_share"),
    path("shares/<int:pk>/still/", clinicians.still_shared, name="still_shared"),
    path("shares/<int:pk>/leave/", clinicians.leave, name="leave_share"),
    path("offers/<int:pk>/revoke/", sharing.revoke, name="revoke_offer"),
    path("offered/<str:token>/", clinicians.offered, name="offered"),
    path("shared/", clinic.day, name="shared_with_me"),
    path("receive/", bundle_receiver.receive, name="receive"),
    path("receive/pieces/", bundle_receiver.arrivals, name="arrivals"),
    path("receive/pieces/<str:token>/", bundle_receiver.arrival, name="arrival"),
    path("receive/<str:token>/", bundle_receiver.arrived, name="arrived"),
    path("received/<int:pk>/answer/", bundle_sender.send_answer, name="send_answer"),
    path("received/<int:pk>/delete/", bundle_receiver.delete, name="delete_received"),
    path("issued/<int:pk>/", clinicians.issued_file, name="issued_file"),
    path("ratings/", sets.sets, name="rating_sets"),
    path("ratings/new/", sets.new_set, name="new_rating_set"),
    path("ratings/<int:pk>/", sets.one_set, name="rating_set"),
    path("ratings/<int:pk>/close/", sets.close, name="close_rating_set"),
    path("ratings/<int:pk>/delete/", sets.delete, name="delete_rating_set"),
    path("ratings/<int:pk>/results/", sets.results, name="rating_results"),
    path("ratings/<int:pk>/ratings.tsv", sets.ratings_tsv, name="ratings_tsv"),
    path("ratings/<int:pk>/agreement.json", sets.agreement_json, name="agreement_json"),
    path("rating/<str:token>/", raters.rating, name="rating"),
    path("rating/<str:token>/finish/", raters.finish, name="finish_rating"),
    path("rating/<str:token>/practice/", practice.practice, name="practice"),
    path("rating/<str:token>/practice/progress/", practice.progress, name="practice_progress"),
    path("rating/<str:token>/practice/<int:number>/", practice.film, name="practice_film"),
    path("rating/<str:token>/practice/<int:number>/truth/", practice.truth, name="practice_truth"),
    path("rating/<str:token>/practice/<int:number>/film/", practice.play, name="practice_play"),
    path("rate/<str:token>/", raters.rate, name="rate"),
    path("rate/<str:token>/film/", raters.film, name="rate_film"),
    path("people/<int:pk>/history/", history.history, name="history"),
    path("people/<int:pk>/help/", help_views.about, name="help"),
    path("people/<int:pk>/glossary/", help_views.glossary, name="glossary"),
    path("people/<int:pk>/guide/", course.guide, name="guide"),
    path("people/<int:pk>/guide/<slug:key>/", course.answer_question, name="answer_question"),
    path("people/<int:pk>/library/", library.library, name="library"),
    path("people/<int:pk>/library/<slug:key>/", library.article, name="article"),
    path("library/", library.open_library, name="open_library"),
    path("library/<slug:key>/", library.open_article, name="open_article"),
    path("comments/", comments.my_comments, name="my_comments"),
    path("comments/read/", comments.read_all, name="read_comments"),
    path("comments/<int:pk>/read/", comments.read, name="read_comment"),
    path("comments/<int:pk>/edit/", comments.edit, name="edit_comment"),
    path("comments/<int:pk>/delete/", comments.delete, name="delete_comment"),
    path("comments/<int:pk>/back/", comments.put_back, name="put_comment_back"),
    path("comments/<int:pk>/hide/", comments.hide, name="hide_comment"),
    path("comments/<int:pk>/resolve/", comments.resolve, name="resolve_comment"),
    path("comments/<int:pk>/reopen/", comments.reopen, name="reopen_comment"),
    path("comments/<int:pk>/report/", comments.report, name="report_comment"),
    path("comments/<int:pk>/dismiss/", comments.dismiss, name="dismiss_reports"),
    path("recordings/<int:pk>/comments/", comments.recording_comments, name="recording_comments"),
    path("people/<int:pk>/course/", course.course, name="course"),
    path("people/<int:pk>/up-to-date/", course.up_to_date, name="up_to_date"),
    path("people/<int:pk>/visit.pdf", course.visit_pdf, name="visit_pdf"),
    path("people/<int:pk>/visit-clinician.pdf", course.clinician_pdf, name="clinician_pdf"),
    path("people/<int:pk>/folder.zip", course.folder_zip, name="folder_zip"),
    path("rows/<int:pk>/delete/", rows.remove_row, name="delete_row"),
    path("removed/<int:pk>/back/", rows.put_row_back, name="put_row_back"),
    path("people/<int:pk>/uploads/", arrivals.uploads, name="uploads"),
    path("people/<int:pk>/film/", filming.film_now, name="film_now"),
    path("people/<int:pk>/film/look/", filming.look, name="look"),
    path("people/<int:pk>/film/camera/", filming.camera, name="camera"),
    path("uploads/<str:token>/", arrivals.upload, name="upload"),
    path("uploads/<str:token>/told/", filming.told, name="told"),
    path("uploads/<str:token>/end/", filming.end, name="end_upload"),
    path("uploads/<str:token>/drop/", filming.drop, name="drop_upload"),
    path("recordings/<int:pk>/how-filmed/", correcting.how_filmed, name="how_filmed"),
    path("recordings/<int:pk>/how-filmed/back/", correcting.put_back, name="put_back_said"),
    path("recordings/<int:pk>/swap/", filming.swap, name="swap"),
    path("recordings/<int:pk>/", recordings.show, name="recording"),
    path("recordings/<int:pk>/progress/", jobs.progress, name="progress"),
    path("recordings/<int:pk>/stop/", jobs.stop_job, name="stop_job"),
    path("recordings/<int:pk>/again/", jobs.begin_again, name="begin_again"),
    path("recordings/<int:pk>/review/judge/", review.judge, name="judge"),
    path("recordings/<int:pk>/review/undo/", review.undo, name="undo"),
    path("recordings/<int:pk>/review/redo/", review.redo, name="redo"),
    path("recordings/<int:pk>/review/exclude/", review.exclude, name="exclude"),
    path("recordings/<int:pk>/review/include/", review.include, name="include"),
    path("recordings/<int:pk>/review/add/", review.add, name="add_event"),
    path("recordings/<int:pk>/review/move/", review.move, name="move_event"),
    path("recordings/<int:pk>/review/miss/", review.miss, name="judge_miss"),
    path("recordings/<int:pk>/copy.mp4", watching.copy, name="copy"),
    path("recordings/<int:pk>/copy/", watching.make_copy, name="make_copy"),
    path("recordings/<int:pk>/copy/progress/", watching.copy_progress, name="copy_progress"),
    path("recordings/<int:pk>/times.bin", watching.times, name="times"),
    path("recordings/<int:pk>/signals.bin", watching.signals, name="signals"),
    path("recordings/<int:pk>/clips/<int:number>", watching.clip, name="clip"),
    path("recordings/<int:pk>/loops/", watching.loops, name="loops"),
    path("recordings/<int:pk>/loops/<slug:name>", watching.loop, name="loop"),
    path("recordings/<int:pk>/delete/", recordings.delete, name="delete_recording"),
    path("recordings/<int:pk>/film/", recordings.film, name="film"),
    path("recordings/<int:pk>/files/<str:name>", recordings.result_file, name="result_file"),
    *api_patterns,
]
