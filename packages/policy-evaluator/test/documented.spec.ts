import assert from "node:assert/strict";
import { authorize } from "../authorize.ts";
import type { RequestContext } from "../context.ts";
import type { ConditionBlock, Statement } from "../document.ts";
import type { AccessRequest, Decision } from "../evaluate.ts";

const guide = "https://docs.aws.amazon.com/IAM/latest/UserGuide/";
const account = "123456789012";

function decide(Statement: Statement | readonly Statement[], request: Partial<AccessRequest>): Decision {
    const asked = { caller: { arn: `arn:aws:iam::${account}:user/David` }, action: "x:Do", resource: "*", context: {} };
    const document = { Version: "2012-10-17", Statement } as const;
    return authorize({ ...asked, ...request }, { identity: [{ name: "policy", document }] }, account).decision;
}

describe("Conditions in IAM's guide, with the requests that the guide calls allowed and denied", () => {
    const operators = "reference_policies_elements_condition_operators.html#Conditions_";
    const multivalued = "reference_policies_condition-single-vs-multi-valued-context-keys.html";
    const finance = "arn:aws:someservice:*:111122223333:finance/*";
    const store = {
        "aws:SourceArn": "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/x.txt",
    };
    const issued = (...times: string[]) => times.map((time) => ({ "aws:TokenIssueTime": time }));
    const from = (...addresses: string[]) => addresses.map((address) => ({ "aws:SourceIp": address }));
    const types = (...names: string[]) => names.map((name) => ({ "ec2:InstanceType": name }));
    const reads = (...names: string[]) => ({ "dynamodb:requestedAttributes": names });
    const table: readonly (readonly [
        page: string,
        Condition: ConditionBlock,
        allowed: readonly RequestContext[],
        denied: readonly RequestContext[],
    ])[] = [
        [
            `${operators}Numeric`,
            { NumericLessThanEquals: { "s3:max-keys": "10" } },
            [{ "s3:max-keys": "10" }],
            [{ "s3:max-keys": "11" }, {}],
        ],
        [
            `${operators}Date`,
            { DateGreaterThan: { "aws:TokenIssueTime": "2020-01-01T00:00:01Z" } },
            issued("2020-01-01T00:00:02Z"),
            [...issued("1577836801"), {}],
        ],
        [
            `${operators}IPAddress`,
            { IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "2001:DB8:1234:5678::/64"] } },
            from("203.0.113.0", "203.0.113.255", "2001:db8:1234:5678:1::9"),
            from("203.0.114.0", "2001:db8:1234:5679::"),
        ],
        [`${operators}ARN`, { StringLike: { "aws:SourceArn": finance } }, [store], []],
        [`${operators}ARN`, { ArnLike: { "aws:SourceArn": finance } }, [], [store]],
        [
            `${operators}IfExists`,
            { StringLikeIfExists: { "ec2:InstanceType": ["t1.*", "t2.*", "m3.*"] } },
            [...types("t2.micro"), {}],
            types("c4.large"),
        ],
        [`${operators}Null`, { Null: { "aws:TokenIssueTime": "true" } }, [{}], issued("2020-01-01T00:00:02Z")],
        [
            multivalued,
            { "ForAllValues:StringLike": { "dynamodb:requestedAttributes": ["PostDateTime", "Message", "Tags"] } },
            [reads("PostDateTime", "Message"), {}],
            [reads("PostDateTime", "UserName")],
        ],
        [
            multivalued,
            { "ForAnyValue:StringLike": { "dynamodb:requestedAttributes": ["ID", "PostDateTime"] } },
            [reads("UserName", "Message", "PostDateTime")],
            [reads("UserName"), {}],
        ],
    ];
    for (const [page, Condition, allowed, denied] of table) {
        it(`\`authorize\` decides about ${JSON.stringify(Condition)} as in ${guide}${page}`, () => {
            const statement = { Effect: "Allow", Action: "*", Resource: "*", Condition } as const;
            for (const context of allowed) assert.equal(decide(statement, { context }), "allowed");
            for (const context of denied) assert.equal(decide(statement, { context }), "implicitDeny");
        });
    }
});

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of IAM's */
describe("Policies in IAM's guide, with the requests that the guide calls allowed and denied", () => {
    const variables = "reference_policies_variables.html";
    const allow = (Action: string | string[], Resource: string | string[], prefixes?: string[]): Statement => ({
        ...{ Effect: "Allow", Action, Resource },
        ...(prefixes && { Condition: { StringLike: { "s3:prefix": prefixes } } }),
    });
    const s3 = "arn:aws:s3:::";
    const list = (prefix: string) => ({
        action: "s3:ListBucket",
        resource: `${s3}b`,
        context: { "s3:prefix": prefix },
    });
    const get = (key: string, team?: string) => ({
        action: "s3:GetObject",
        resource: `${s3}b/${key}`,
        context: team === undefined ? {} : { "aws:PrincipalTag/team": team },
    });
    const bySession = { ...get("David/x"), caller: { arn: `arn:aws:sts::${account}:assumed-role/David/David` } };
    const table: readonly (readonly [
        page: string,
        statements: readonly Statement[],
        decisions: Partial<Record<Decision, readonly Partial<AccessRequest>[]>>,
    ])[] = [
        [
            "reference_policies_evaluation-logic_policy-eval-basics.html",
            [allow("s3:*", `${s3}b*`), { ...allow("s3:*", `${s3}*log*`), Effect: "Deny" }],
            { allowed: [get("x")], explicitDeny: [{ action: "s3:PutObject", resource: `${s3}b-logs/x` }] },
        ],
        [
            "reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html",
            [allow(["iam:Get*", "iam:List*"], "*"), { ...allow("iam:*Report", "*"), Effect: "Deny" }],
            {
                allowed: [{ action: "iam:GetUser" }],
                implicitDeny: [{ action: "iam:CreatePolicy" }],
                explicitDeny: [{ action: "iam:GetOrganizationsAccessReport" }],
            },
        ],
        [
            variables,
            [
                allow("s3:ListBucket", `${s3}b`, ["${aws:username}/*"]),
                allow("s3:GetObject", `${s3}b/\${aws:username}/*`),
            ],
            {
                allowed: [get("David/x"), list("David/")],
                implicitDeny: [get("Adele/x"), list("Adele/"), bySession],
            },
        ],
        [
            `${variables}#policy-vars-default-values`,
            [allow("s3:GetObject", `${s3}b/\${aws:PrincipalTag/team, 'company-wide'}/*`)],
            {
                allowed: [get("yellow/x", "yellow"), get("company-wide/x")],
                implicitDeny: [get("company-wide/x", "yellow")],
            },
        ],
        [
            "reference_policies_elements_condition_operators.html#Conditions_String",
            [allow("s3:ListBucket", `${s3}b`, ["", "home/", "home/${aws:username}/"])],
            { allowed: [list(""), list("home/"), list("home/David/")], implicitDeny: [list("home/Adele/")] },
        ],
    ];
    for (const [page, statements, decisions] of table) {
        it(`\`authorize\` decides about the policy as in ${guide}${page}`, () => {
            for (const [decision, requests] of Object.entries(decisions)) {
                for (const request of requests)
                    assert.equal(decide(statements, request), decision, JSON.stringify(request));
            }
        });
    }
});
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of IAM's */
