"""Lists the tags of REST APIs, stages, API keys and usage plans in the Resource Groups Tagging API (API Reference,
"Services that support the Resource Groups Tagging API"), and tags of distributions in us-east-1.
"""

from ministack.core.responses import get_region
from ministack.services import apigateway_v1, tagging

# The only region in which AWS lists global resources such as distributions.
WORLD = "us-east-1"


def list_tagged() -> None:
    of_distributions = tagging._COLLECTORS["cloudfront"]
    tagging._COLLECTORS["cloudfront"] = lambda: of_distributions() if get_region() == WORLD else ()
    tagging._COLLECTORS["apigateway"] = of_rest_apis


def of_rest_apis():
    for arn, tags in apigateway_v1._v1_tags.items():
        if arn.split(":")[3] == get_region():
            yield arn, tagging._normalise_flat(tags)
