import type { RequestContext } from "../context.ts";
import type { Statement } from "../document.ts";
import { type Asked, page } from "./documented.ts";

const conditioned = (Condition: NonNullable<Statement["Condition"]>): Statement => ({
    Effect: "Allow",
    Action: "*",
    Resource: "*",
    Condition,
});
const under = (context: RequestContext): Asked => ({ action: "x:Do", resource: "*", context });

page(
    "reference_policies_elements_condition_operators.html#Conditions_Numeric",
    conditioned({ NumericLessThanEquals: { "s3:max-keys": "10" } }),
    [
        ["up to ten", under({ "s3:max-keys": "10" }), "allowed"],
        ["not eleven", under({ "s3:max-keys": "11" }), "implicitDeny"],
        ["not without the key", under({}), "implicitDeny"],
    ],
);
page(
    "reference_policies_elements_condition_operators.html#Conditions_Date",
    conditioned({ DateGreaterThan: { "aws:TokenIssueTime": "2020-01-01T00:00:01Z" } }),
    [
        ["issued later", under({ "aws:TokenIssueTime": "2020-01-01T00:00:02Z" }), "allowed"],
        ["issued then", under({ "aws:TokenIssueTime": "1577836801" }), "implicitDeny"],
        ["without temporary credentials", under({}), "implicitDeny"],
    ],
);
page(
    "reference_policies_elements_condition_operators.html#Conditions_IPAddress",
    conditioned({ IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "2001:DB8:1234:5678::/64"] } }),
    [
        ["the first of the range", under({ "aws:SourceIp": "203.0.113.0" }), "allowed"],
        ["the last of the range", under({ "aws:SourceIp": "203.0.113.255" }), "allowed"],
        ["the next one", under({ "aws:SourceIp": "203.0.114.0" }), "implicitDeny"],
        ["of version 6", under({ "aws:SourceIp": "2001:db8:1234:5678:1::9" }), "allowed"],
        ["of version 6, outside", under({ "aws:SourceIp": "2001:db8:1234:5679::" }), "implicitDeny"],
    ],
);
const store = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt";
const finance = "arn:aws:someservice:*:111122223333:finance/*";
page(
    "reference_policies_elements_condition_operators.html#Conditions_ARN",
    conditioned({ StringLike: { "aws:SourceArn": finance } }),
    [["a string operator crosses colons", under({ "aws:SourceArn": store }), "allowed"]],
);
page(
    "reference_policies_elements_condition_operators.html#Conditions_ARN",
    conditioned({ ArnLike: { "aws:SourceArn": finance } }),
    [["an ARN operator does not", under({ "aws:SourceArn": store }), "implicitDeny"]],
);
page(
    "reference_policies_elements_condition_operators.html#Conditions_IfExists",
    conditioned({ StringLikeIfExists: { "ec2:InstanceType": ["t1.*", "t2.*", "m3.*"] } }),
    [
        ["an instance of the types", under({ "ec2:InstanceType": "t2.micro" }), "allowed"],
        ["another instance", under({ "ec2:InstanceType": "c4.large" }), "implicitDeny"],
        ["an image, which has no type", under({}), "allowed"],
    ],
);
page(
    "reference_policies_elements_condition_operators.html#Conditions_Null",
    conditioned({ Null: { "aws:TokenIssueTime": "true" } }),
    [
        ["own credentials", under({}), "allowed"],
        ["temporary ones", under({ "aws:TokenIssueTime": "2020-01-01T00:00:02Z" }), "implicitDeny"],
    ],
);

const attributes = (...names: string[]) => under({ "dynamodb:requestedAttributes": names });
page(
    "reference_policies_condition-single-vs-multi-valued-context-keys.html (ForAllValues)",
    conditioned({ "ForAllValues:StringLike": { "dynamodb:requestedAttributes": ["PostDateTime", "Message", "Tags"] } }),
    [
        ["only attributes of the list", attributes("PostDateTime", "Message"), "allowed"],
        ["also one beside it", attributes("PostDateTime", "UserName"), "implicitDeny"],
        ["none at all", under({}), "allowed"],
    ],
);
page(
    "reference_policies_condition-single-vs-multi-valued-context-keys.html (ForAnyValue)",
    [
        conditioned({ Bool: { "aws:PrincipalIsAWSService": "false" } }),
        {
            ...conditioned({ "ForAnyValue:StringLike": { "dynamodb:requestedAttributes": ["ID", "PostDateTime"] } }),
            Effect: "Deny",
        },
    ],
    [
        ["one of the list", attributes("UserName", "Message", "PostDateTime"), "explicitDeny"],
        ["none of the list", attributes("UserName"), "allowed"],
        ["none at all", under({}), "allowed"],
    ],
);
