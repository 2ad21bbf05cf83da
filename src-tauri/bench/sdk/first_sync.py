# A first sync as Profile Desk makes it, with TagoIO's official SDK for Python: the same datasets, one
# request after the other as this SDK makes them, each answer read by the SDK and then forgotten.
#
#   TAGOIO_URL     the API, http://127.0.0.1:PORT
#   TAGOIO_TOKENS  a token for each account, one a line
#   --profiles N   stop after N profiles. A sequence of requests is slow: a benchmark measures a part,
#                  computes the whole from it, and says so
#
# Run it with the Python in which the SDK is installed. The simulator's test `sdk` does this with its own
# requirements.txt, as sdk-python-… in the target folder's tmp: venv/bin/python3 in there if it exists,
# otherwise python3 with PYTHONPATH=plain in there.
#
# Prints {requests, seconds, failed, refused, profiles, of_profiles, account_seconds}: account_seconds of
# the seconds went to the accounts' own datasets, which a part of the profiles needs as well. Refused is
# what the API does not allow, as it does not to our program either: the team of a shared profile.
import argparse
import calendar
import json
import os
import sys
import time
from datetime import datetime, timedelta, timezone

# A request is sent once, as our program does, and straight to the API.
os.environ["TAGOIO_REQUEST_ATTEMPTS"] = "1"
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"

from tagoio_sdk import Resources  # noqa: E402  it reads the environment when it is imported

PAGE = 100
# A page may be capped by the API, but a shorter one than this is the last.
SMALLEST_PAGE = 20
FIELDS = [
    "token",
    "name",
    "type",
    "permission",
    "serie_number",
    "last_authorization",
    "verification_code",
    "expire_time",
    "ref_id",
    "created_at",
    "created_by",
]
REFUSALS = ["Authorization Denied", "Resource allocation needs at least two profiles"]

counts = {"requests": 0, "failed": 0, "refused": 0}


def ask(call, *args):
    """Makes a call. None: it gave nothing."""
    counts["requests"] += 1
    try:
        return call(*args)
    except Exception as error:  # the SDK raises whatever its own parts raise
        counts["refused" if str(error) in REFUSALS else "failed"] += 1
        return None


def account(resources):
    """The list of profiles, then what the account itself is and has bought."""
    profiles = ask(resources.profile.list) or []
    ask(resources.account.info)
    ask(resources.billing.getSubscription)
    ask(resources.billing.getPrices)
    # The SDK has no call for these: its own request, which such a call would make, comes nearest.
    paths = (
        "/account/subscription/schedule",
        "/account/subscription/summary",
        "/account/payment_method",
        "/account/allocation",
    )
    for path in paths:
        ask(resources.billing.doRequest, {"path": path, "method": "GET"})
    return profiles


def months_before(moment, months):
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def iso(moment):
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def profile(resources, id, now):
    ask(resources.profile.info, id)
    ask(resources.profile.summary, id)
    # One sample more than 31 days of hours and 13 months of days: an amount lies between two.
    for start, periodicity in (
        (months_before(now, 13) - timedelta(days=1), "day"),
        (now - timedelta(days=31, hours=1), "hour"),
    ):
        span = {"start_date": iso(start), "end_date": iso(now), "periodicity": periodicity, "timezone": "UTC"}
        ask(resources.profile.usageStatisticList, id, span)
    page = 1
    while True:
        query = {"page": page, "amount": PAGE, "fields": FIELDS, "orderBy": ["created_at", "desc"]}
        rows = ask(resources.profile.tokenList, id, query)
        if rows is None or len(rows) < SMALLEST_PAGE:
            break
        page += 1
    ask(resources.profile.teamList, id)


def given(name):
    value = os.environ.get(name, "").strip()
    if not value:
        sys.exit(f"{name} is not set; the first lines of this script say what it is")
    return value


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--profiles", type=int, metavar="N", help="stop after N profiles")
    most = arguments.parse_args().profiles
    url = given("TAGOIO_URL").rstrip("/")
    region = {"api": url, "sse": url}
    accounts = [Resources({"token": token, "region": region}) for token in given("TAGOIO_TOKENS").split()]

    begun = time.perf_counter()
    now = datetime.now(timezone.utc)
    lists = [account(resources) for resources in accounts]
    account_seconds = time.perf_counter() - begun
    # Each profile once: by the account that owns it, or by the first that reaches it.
    reached = {}
    for shared in (False, True):
        for resources, profiles in zip(accounts, lists):
            for row in profiles:
                if bool(row.get("from_share")) == shared:
                    reached.setdefault(row["id"], resources)
    part = list(reached.items())[:most]
    for id, resources in part:
        profile(resources, id, now)
    told = {
        **counts,
        "seconds": time.perf_counter() - begun,
        "profiles": len(part),
        "of_profiles": len(reached),
        "account_seconds": account_seconds,
    }
    print(json.dumps(told))


main()
