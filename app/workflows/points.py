"""The crash points of the workflows: one per kind of commit. Tests kill the process at each of them."""

from __future__ import annotations

from app.runtime.crashpoints import declare

COMPANY = declare("db.company", "a company card, an account or a series")
PARTNER = declare("db.partner", "what the integrator said of a buyer's registration")
DRAFT = declare("db.draft", "a draft's fields")
SEAL = declare("db.seal", "number, sealed bytes and state, in one transaction")
QUEUE = declare("db.queue", "the intent to send")
SEND_BEGIN = declare("db.send.begin", "the mark that a send is under way")
SEND_END = declare("db.send.end", "the outcome of a send")
RECOVER = declare("db.recover", "sends and answers that a crash left under way, turned to unknown")
SETTLE = declare("db.settle", "what the status said of an unknown outcome")
STATUS = declare("db.status", "states after a status query")
LEGAL = declare("db.legal", "the copy as it went to GİB")
RECEIVE = declare("db.receive", "a page of received documents")
ACKED = declare("db.receive.acked", "the mark that the integrator knows we have them")
ANSWER_QUEUE = declare("db.answer.queue", "the intent to answer")
ANSWER_BEGIN = declare("db.answer.begin", "the mark that an answer is under way")
ANSWER_SEALED = declare("db.answer.sealed", "the sealed answer's bytes")
ANSWER_END = declare("db.answer.end", "the outcome of an answer")
CATCH_UP = declare("db.catch_up", "what the integrator still knows after an older backup was restored")
RESOLVE = declare("db.resolve", "what a person decided of a stuck document")
REVIEW = declare("db.review", "a manual-review flag")
POLL = declare("db.poll", "when an account was last polled")
