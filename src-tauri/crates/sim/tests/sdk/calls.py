# Makes calls of TagoIO's SDK for Python as they are asked for on standard input, a line of JSON each,
# and answers with a line of what the SDK returned or raised.
import json
import sys
from datetime import datetime

from tagoio_sdk import Account, Device, Resources


def taken(value):
    if set(value) == {"$date"}:
        return datetime.fromisoformat(value["$date"].replace("Z", "+00:00"))
    return value


def given(value):
    if isinstance(value, datetime):
        return {"$date": value.isoformat(timespec="milliseconds") + "Z"}
    raise TypeError(type(value))


for line in sys.stdin:
    asked = json.loads(line, object_hook=taken)
    region = {"api": asked["url"], "sse": asked["url"]}
    scope, method = asked["call"].split(".")
    params = {"token": asked["token"], "region": region}
    try:
        if scope == "Account":
            returned = getattr(Account, method)(*asked["args"], region)
        elif scope == "Device":
            returned = getattr(Device(params), method)(*asked["args"])
        else:
            returned = getattr(getattr(Resources(params), scope), method)(*asked["args"])
        answer = {"returned": returned}
    except Exception as error:
        answer = {"thrown": str(error)}
    print(json.dumps(answer, default=given), flush=True)
