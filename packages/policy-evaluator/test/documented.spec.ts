import assert from "node:assert/strict";
import { authorize } from "../authorize.ts";
import type { RequestContext } from "../context.ts";
import type { PolicyDocument, Statement } from "../document.ts";
import type { Caller, Decision } from "../evaluate.ts";

/** Examples of the IAM User Guide, each with the page's statement about it. */
const guide = "https://docs.aws.amazon.com/IAM/latest/UserGuide/";
const account = "123456789012";

interface Asked {
    readonly action: string;
    readonly resource: string;
    readonly context?: RequestContext;
    readonly caller?: Caller;
    readonly bucketPolicy?: PolicyDocument;
}
type Case = readonly [says: string, asked: Asked, decision: Decision];

function page(
    name: string,
    Statement: Statement | Statement[],
    cases: readonly Case[],
    Version = "2012-10-17" as const,
) {
    describe(guide + name, () => {
        for (const [says, asked, decision] of cases) {
            it(says, () => {
                const {
                    caller = { arn: `arn:aws:iam::${account}:user/David` },
                    action,
                    resource,
                    context = {},
                } = asked;
                const found = authorize(
                    { caller, action, resource, context },
                    {
                        identity: [{ name: "policy", document: { Version, Statement } }],
                        ...(asked.bucketPolicy && { resource: [{ name: "bucket", document: asked.bucketPolicy }] }),
                    },
                    account,
                );
                assert.equal(found.decision, decision);
            });
        }
    });
}

const carlos: Caller = { arn: `arn:aws:iam::${account}:user/carlossalazar` };
const carlosBucket = [
    "arn:aws:s3:::amzn-s3-demo-bucket-carlossalazar/*",
    "arn:aws:s3:::amzn-s3-demo-bucket-carlossalazar",
];
const bucketPolicy: PolicyDocument = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: carlos.arn }, Action: "s3:*", Resource: carlosBucket }],
};
page(
    "reference_policies_evaluation-logic_policy-eval-basics.html",
    [
        {
            Sid: "AllowS3ListRead",
            Effect: "Allow",
            Resource: "arn:aws:s3:::*",
            Action: ["s3:GetBucketLocation", "s3:GetAccountPublicAccessBlock", "s3:ListAllMyBuckets"],
        },
        { Sid: "AllowS3Self", Effect: "Allow", Action: "s3:*", Resource: carlosBucket },
        { Sid: "DenyS3Logs", Effect: "Deny", Action: "s3:*", Resource: "arn:aws:s3:::*log*" },
    ],
    [
        [
            "Carlos may not save to the bucket for logs",
            {
                caller: carlos,
                action: "s3:PutObject",
                resource: "arn:aws:s3:::amzn-s3-demo-bucket-carlossalazar-logs/x",
            },
            "explicitDeny",
        ],
        [
            "Carlos may save to his own bucket, by both policies",
            { caller: carlos, action: "s3:PutObject", resource: `${carlosBucket[1]}/x`, bucketPolicy },
            "allowed",
        ],
        [
            "Carlos may list the buckets",
            { caller: carlos, action: "s3:ListAllMyBuckets", resource: "arn:aws:s3:::*" },
            "allowed",
        ],
    ],
);

page(
    "reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html",
    [
        { Sid: "AllowGetList", Effect: "Allow", Action: ["iam:Get*", "iam:List*"], Resource: "*" },
        { Sid: "DenyReports", Effect: "Deny", Action: "iam:*Report", Resource: "*" },
    ],
    [
        ["reading is allowed", { action: "iam:GetUser", resource: "*" }, "allowed"],
        ["creating is denied implicitly", { action: "iam:CreatePolicy", resource: "*" }, "implicitDeny"],
        [
            "a report is denied explicitly",
            { action: "iam:GetOrganizationsAccessReport", resource: "*" },
            "explicitDeny",
        ],
    ],
);

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of IAM's */
const ownFolder: Statement[] = [
    {
        Action: ["s3:ListBucket"],
        Effect: "Allow",
        Resource: ["arn:aws:s3:::mybucket"],
        Condition: { StringLike: { "s3:prefix": ["${aws:username}/*"] } },
    },
    {
        Action: ["s3:GetObject", "s3:PutObject"],
        Effect: "Allow",
        Resource: ["arn:aws:s3:::mybucket/${aws:username}/*"],
    },
];
const list = { action: "s3:ListBucket", resource: "arn:aws:s3:::mybucket" };
page("reference_policies_variables.html", ownFolder, [
    ["David reads his folder", { action: "s3:GetObject", resource: "arn:aws:s3:::mybucket/David/x" }, "allowed"],
    [
        "David reads no other user's",
        { action: "s3:GetObject", resource: "arn:aws:s3:::mybucket/Adele/x" },
        "implicitDeny",
    ],
    ["David lists his folder", { ...list, context: { "s3:prefix": "David/" } }, "allowed"],
    ["David lists no other user's", { ...list, context: { "s3:prefix": "Adele/" } }, "implicitDeny"],
    [
        "a role has no user name",
        {
            caller: { arn: `arn:aws:sts::${account}:assumed-role/David/David` },
            action: "s3:GetObject",
            resource: "arn:aws:s3:::mybucket/David/x",
        },
        "implicitDeny",
    ],
]);
page(
    "reference_policies_variables.html#policy-vars-default-values",
    {
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'company-wide'}/*",
    },
    [
        [
            "a tag replaces",
            {
                action: "s3:GetObject",
                resource: "arn:aws:s3:::bucket/yellow/x",
                context: { "aws:PrincipalTag/team": "yellow" },
            },
            "allowed",
        ],
        [
            "without it, the default does",
            { action: "s3:GetObject", resource: "arn:aws:s3:::bucket/company-wide/x" },
            "allowed",
        ],
        [
            "with it, the default does not",
            {
                action: "s3:GetObject",
                resource: "arn:aws:s3:::bucket/company-wide/x",
                context: { "aws:PrincipalTag/team": "yellow" },
            },
            "implicitDeny",
        ],
    ],
);
page(
    "reference_policies_elements_condition_operators.html#Conditions_String",
    [
        {
            Effect: "Allow",
            Action: "s3:ListBucket",
            Resource: "arn:aws:s3:::BUCKET-NAME",
            Condition: { StringLike: { "s3:prefix": ["", "home/", "home/${aws:username}/"] } },
        },
        {
            Effect: "Allow",
            Action: "s3:*",
            Resource: [
                "arn:aws:s3:::BUCKET-NAME/home/${aws:username}",
                "arn:aws:s3:::BUCKET-NAME/home/${aws:username}/*",
            ],
        },
    ],
    [
        ...["", "home/", "home/David/"].map(
            (prefix): Case => [
                `the prefix "${prefix}" is listed`,
                { action: "s3:ListBucket", resource: "arn:aws:s3:::BUCKET-NAME", context: { "s3:prefix": prefix } },
                "allowed",
            ],
        ),
        [
            "another's prefix is not",
            { action: "s3:ListBucket", resource: "arn:aws:s3:::BUCKET-NAME", context: { "s3:prefix": "home/Adele/" } },
            "implicitDeny",
        ],
        [
            "the own home is open",
            { action: "s3:DeleteObject", resource: "arn:aws:s3:::BUCKET-NAME/home/David/x" },
            "allowed",
        ],
    ],
);
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of IAM's */

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
