"""The routes of hours."""

from web.hours import approval_views, entry_views, list_views, quick_views, target_views, week_views
from web.routing import get, post

routes = [
    get("/tunnit", week_views.show, name="hours.week"),
    post("/tunnit", week_views.save, name="hours.save_week"),
    get("/tunnit/uusi", quick_views.choose, name="hours.new"),
    get("/tunnit/uusi/{target:int}", quick_views.write, name="hours.write"),
    post("/tunnit/uusi/{target:int}", quick_views.book, name="hours.book"),
    get("/tunnit/uusi/kirjattu/{id:int}", quick_views.booked, name="hours.booked"),
    get("/tunnit/lista", list_views.show, name="hours.list"),
    get("/tunnit/lista.{kind}", list_views.export, name="hours.export"),
    get("/tunnit/kohteet", target_views.show, name="hours.targets"),
    get("/tunnit/kohteet.{kind}", target_views.export, name="hours.export_targets"),
    get("/tunnit/kohteet/uusi", target_views.new, name="hours.new_target"),
    post("/tunnit/kohteet/uusi", target_views.define, name="hours.define_target"),
    get("/tunnit/kohteet/{id:int}/ohje", target_views.ask_to_instruct, name="hours.ask_to_instruct"),
    post("/tunnit/kohteet/{id:int}/ohje", target_views.instruct, name="hours.instruct"),
    get("/tunnit/kohteet/{id:int}/sulje", target_views.ask_to_close, name="hours.ask_to_close_target"),
    post("/tunnit/kohteet/{id:int}/sulje", target_views.close, name="hours.close_target"),
    get("/tunnit/hyvaksynta", approval_views.show, name="hours.approval"),
    post("/tunnit/hyvaksynta", approval_views.decide, name="hours.decide"),
    get("/tunnit/hyvaksynta/{id:int}", approval_views.made, name="hours.approved"),
    post("/tunnit/hyvaksynta/{id:int}/peru", approval_views.take_back, name="hours.take_back"),
    get("/tunnit/{id:int}", entry_views.show, name="hours.show"),
    post("/tunnit/{id:int}/korjaus", entry_views.correct, name="hours.correct"),
    post("/tunnit/{id:int}/takaisin", entry_views.go_back, name="hours.back"),
    post("/tunnit/{id:int}/poisto", entry_views.remove, name="hours.remove"),
    post("/tunnit/{id:int}/hyvaksynta", entry_views.approve, name="hours.approve"),
    post("/tunnit/{id:int}/palautus", entry_views.give_back, name="hours.return"),
    post("/tunnit/{id:int}/ohjeen-vastainen", entry_views.mark, name="hours.mark"),
]
