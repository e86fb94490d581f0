"""The survey structure file (.lss) of LimeSurvey 3.14: one XML table after another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from form import Form, Question

ANSWER_FIELDS = "qid code answer sortorder assessment_value language scale_id"
GROUP_FIELDS = "gid sid group_name group_order description language randomization_group grelevance"
QUESTION_FIELDS = (
    "qid parent_qid sid gid type title question preg help other mandatory question_order"
    " language scale_id same_default relevance modulename"
)
ATTRIBUTE_FIELDS = "qid attribute value language"
# Settings of the survey, those not stated anywhere as in a plain, open-access survey of 3.14.
SURVEY = {
    "sid": "",
    "gsid": "1",
    "admin": "",
    "expires": None,
    "startdate": None,
    "adminemail": "",
    "anonymized": "N",
    "faxto": None,
    "format": "G",
    "savetimings": "N",
    "template": "fruity",
    "language": "en",
    "additional_languages": "",
    "datestamp": "N",
    "usecookie": "N",
    "allowregister": "N",
    "allowsave": "Y",
    "autonumber_start": "0",
    "autoredirect": "N",
    "allowprev": "Y",
    "printanswers": "N",
    "ipaddr": "N",
    "refurl": "N",
    "showsurveypolicynotice": "0",
    "publicstatistics": "N",
    "publicgraphs": "N",
    "listpublic": "N",
    "htmlemail": "Y",
    "sendconfirmation": "Y",
    "tokenanswerspersistence": "N",
    "assessments": "N",
    "usecaptcha": "N",
    "usetokens": "N",
    "bounce_email": "",
    "attributedescriptions": None,
    "emailresponseto": None,
    "emailnotificationto": None,
    "tokenlength": "15",
    "showxquestions": "Y",
    "showgroupinfo": "B",
    "shownoanswer": "Y",
    "showqnumcode": "X",
    "bouncetime": None,
    "bounceprocessing": "N",
    "bounceaccounttype": None,
    "bounceaccounthost": None,
    "bounceaccountpass": None,
    "bounceaccountencryption": None,
    "bounceaccountuser": None,
    "showwelcome": "Y",
    "showprogress": "Y",
    "questionindex": "0",
    "navigationdelay": "0",
    "nokeyboard": "N",
    "alloweditaftercompletion": "N",
    "googleanalyticsstyle": None,
    "googleanalyticsapikey": None,
}
LANGUAGE = {
    "surveyls_survey_id": "",
    "surveyls_language": "en",
    "surveyls_title": "",
    "surveyls_description": "",
    "surveyls_welcometext": "",
    "surveyls_endtext": "",
    "surveyls_policy_notice": None,
    "surveyls_policy_error": None,
    "surveyls_policy_notice_label": None,
    "surveyls_url": None,
    "surveyls_urldescription": None,
    "surveyls_email_invite_subj": "",
    "surveyls_email_invite": "",
    "surveyls_email_remind_subj": "",
    "surveyls_email_remind": "",
    "surveyls_email_register_subj": "",
    "surveyls_email_register": "",
    "surveyls_email_confirm_subj": "",
    "surveyls_email_confirm": "",
    "surveyls_dateformat": "6",
    "surveyls_attributecaptions": None,
    "email_admin_notification_subj": "",
    "email_admin_notification": "",
    "email_admin_responses_subj": "",
    "email_admin_responses": "",
    "surveyls_numberformat": "0",
    "attachments": None,
}

Row = dict[str, str | None]


def structure(form: Form) -> str:
    """Return the survey's structure as LimeSurvey 3.14 exports it (DBVersion 355)."""
    questions, subquestions, answers, attributes = _question_tables(form)
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            "<document>",
            " <LimeSurveyDocType>Survey</LimeSurveyDocType>",
            " <DBVersion>355</DBVersion>",
            " <languages>\n  <language>en</language>\n </languages>",
            _table("answers", ANSWER_FIELDS, answers[::-1]),
            _table("groups", GROUP_FIELDS, _group_rows(form)),
            _table("questions", QUESTION_FIELDS, questions),
            _table("subquestions", QUESTION_FIELDS, subquestions),
            _table("question_attributes", ATTRIBUTE_FIELDS, attributes),
            _table("surveys", " ".join(SURVEY), [{**SURVEY, "sid": form.survey_id}]),
            _table("surveys_languagesettings", " ".join(LANGUAGE), [_language_row(form)]),
            _theme("themes", form),
            _theme("themes_inherited", form),
            "</document>\n",
        ]
    )


def _group_rows(form: Form) -> list[Row]:
    return [
        {
            "gid": str(number),
            "sid": form.survey_id,
            "group_name": page.name,
            "group_order": str(number),
            "description": page.description,
            "language": "en",
            "randomization_group": "",
            "grelevance": _relevance(page.shown_if),
        }
        for number, page in enumerate(form.pages, start=1)
    ]


def _question_tables(form: Form) -> tuple[list[Row], list[Row], list[Row], list[Row]]:
    """Return the rows of questions, sub-questions, answers and attributes, numbered."""
    questions: list[Row] = []
    subquestions: list[Row] = []
    answers: list[Row] = []
    attributes: list[Row] = []
    next_sub = sum(len(page.questions) for page in form.pages) + 1
    for gid, page in enumerate(form.pages, start=1):
        order = 0  # LimeSurvey counts questions and their parts in one sequence per group
        for question in page.questions:
            qid = len(questions) + 1
            questions.append(_question_row(form, question, gid, qid, order))
            for title, wording, scale in _parts(question):
                order += 1
                subquestions.append(
                    _question_row(form, question, gid, next_sub, order)
                    | {"parent_qid": str(qid), "title": title, "question": wording, "help": ""}
                    | {"other": "N", "mandatory": "N", "scale_id": scale, "relevance": "1"}
                )
                next_sub += 1
            order += 1
            answers += _answer_rows(question, qid)
            attributes += [
                {"qid": str(qid), "attribute": name, "value": value, "language": ""}
                for name, value in question.attributes.items()
            ]
    return questions, subquestions, answers, attributes


def _question_row(form: Form, question: Question, gid: int, qid: int, order: int) -> Row:
    return {
        "qid": str(qid),
        "parent_qid": "0",
        "sid": form.survey_id,
        "gid": str(gid),
        "type": question.type,
        "title": question.code,
        "question": question.wording,
        "preg": "",
        "help": question.help,
        "other": "Y" if question.other else "N",
        "mandatory": "Y" if question.mandatory else "N",
        "question_order": str(order),
        "language": "en",
        "scale_id": "0",
        "same_default": "0",
        "relevance": _relevance(question.shown_if) or "1",
    }


def _parts(question: Question) -> Iterable[tuple[str, str, str]]:
    for number, wording in enumerate(question.options.values(), start=1):
        yield f"SQ{number:03d}", wording, "0"
    for title, wording in question.columns.items():
        yield title, wording, "1"


def _answer_rows(question: Question, qid: int) -> list[Row]:
    return [
        {
            "qid": str(qid),
            "code": question.answer_code(answer),
            "answer": label,
            "sortorder": str(number),
            "assessment_value": "0",
            "language": "en",
            "scale_id": "0",
        }
        for number, (answer, label) in enumerate(question.answers.items(), start=1)
    ]


def _relevance(conditions: Mapping[str, str]) -> str:
    return " and ".join(
        f"{code}.NAOK >= {value}" if value.isdigit() else f'{code}.NAOK == "{value}"'
        for code, value in conditions.items()
    )


def _language_row(form: Form) -> Row:
    return {
        **LANGUAGE,
        "surveyls_survey_id": form.survey_id,
        "surveyls_title": form.title,
        "surveyls_welcometext": form.welcome,
    }


def _table(name: str, fields: str, rows: Iterable[Row]) -> str:
    lines = [f" <{name}>", "  <fields>"]
    lines += [f"   <fieldname>{field_name}</fieldname>" for field_name in fields.split()]
    lines += ["  </fields>", "  <rows>"]
    for row in rows:
        # A field that the row lacks, or None, is NULL: LimeSurvey leaves its element out.
        cells = [_element(key, value) for key, value in row.items() if value is not None]
        lines += ["   <row>", *cells, "   </row>"]
    return "\n".join([*lines, "  </rows>", f" </{name}>"])


def _element(name: str, text: str) -> str:
    return f"    <{name}><![CDATA[{text}]]></{name}>" if text else f"    <{name}/>"


def _theme(name: str, form: Form) -> str:
    return f""" <{name}>
  <theme>
   <sid>{form.survey_id}</sid>
   <template_name>{SURVEY["template"]}</template_name>
   <config>
    <options>inherit</options>
   </config>
  </theme>
 </{name}>"""
