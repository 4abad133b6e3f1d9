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
        ["s3:max-keys 10", under({ "s3:max-keys": "10" }), "allowed"],
        ["s3:max-keys 11", under({ "s3:max-keys": "11" }), "implicitDeny"],
        ["a request without s3:max-keys", under({}), "implicitDeny"],
    ],
);
page(
    "reference_policies_elements_condition_operators.html#Conditions_Date",
    conditioned({ DateGreaterThan: { "aws:TokenIssueTime": "2020-01-01T00:00:01Z" } }),
    [
        ["a token issued later", under({ "aws:TokenIssueTime": "2020-01-01T00:00:02Z" }), "allowed"],
        ["a token issued at that second", under({ "aws:TokenIssueTime": "1577836801" }), "implicitDeny"],
        ["a request without temporary credentials", under({}), "implicitDeny"],
    ],
);
page(
    "reference_policies_elements_condition_operators.html#Conditions_IPAddress",
    conditioned({ IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "2001:DB8:1234:5678::/64"] } }),
    [
        ["the first address of the range", under({ "aws:SourceIp": "203.0.113.0" }), "allowed"],
        ["the last address of the range", under({ "aws:SourceIp": "203.0.113.255" }), "allowed"],
        ["the address after the range", under({ "aws:SourceIp": "203.0.114.0" }), "implicitDeny"],
        ["an IPv6 address in the range", under({ "aws:SourceIp": "2001:db8:1234:5678:1::9" }), "allowed"],
        ["an IPv6 address outside the range", under({ "aws:SourceIp": "2001:db8:1234:5679::" }), "implicitDeny"],
    ],
);
const store = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt";
const finance = "arn:aws:someservice:*:111122223333:finance/*";
page(
    "reference_policies_elements_condition_operators.html#Conditions_ARN",
    conditioned({ StringLike: { "aws:SourceArn": finance } }),
    [["StringLike, whose * crosses colons", under({ "aws:SourceArn": store }), "allowed"]],
);
page(
    "reference_policies_elements_condition_operators.html#Conditions_ARN",
    conditioned({ ArnLike: { "aws:SourceArn": finance } }),
    [["ArnLike, whose * does not cross colons", under({ "aws:SourceArn": store }), "implicitDeny"]],
);
page(
    "reference_policies_elements_condition_operators.html#Conditions_IfExists",
    conditioned({ StringLikeIfExists: { "ec2:InstanceType": ["t1.*", "t2.*", "m3.*"] } }),
    [
        ["an instance of a listed type", under({ "ec2:InstanceType": "t2.micro" }), "allowed"],
        ["an instance of another type", under({ "ec2:InstanceType": "c4.large" }), "implicitDeny"],
        ["an image, which has no instance type", under({}), "allowed"],
    ],
);
page(
    "reference_policies_elements_condition_operators.html#Conditions_Null",
    conditioned({ Null: { "aws:TokenIssueTime": "true" } }),
    [
        ["long-term credentials", under({}), "allowed"],
        ["temporary credentials", under({ "aws:TokenIssueTime": "2020-01-01T00:00:02Z" }), "implicitDeny"],
    ],
);

const attributes = (...names: string[]) => under({ "dynamodb:requestedAttributes": names });
page(
    "reference_policies_condition-single-vs-multi-valued-context-keys.html (ForAllValues)",
    conditioned({ "ForAllValues:StringLike": { "dynamodb:requestedAttributes": ["PostDateTime", "Message", "Tags"] } }),
    [
        ["only listed attributes", attributes("PostDateTime", "Message"), "allowed"],
        ["a listed and an unlisted attribute", attributes("PostDateTime", "UserName"), "implicitDeny"],
        ["a request without attributes (ForAllValues)", under({}), "allowed"],
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
        ["one listed attribute among others", attributes("UserName", "Message", "PostDateTime"), "explicitDeny"],
        ["only unlisted attributes", attributes("UserName"), "allowed"],
        ["a request without attributes (ForAnyValue)", under({}), "allowed"],
    ],
);
