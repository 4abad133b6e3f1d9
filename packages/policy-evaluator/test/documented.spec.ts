import type { PolicyDocument, Statement } from "../document.ts";
import type { Caller } from "../evaluate.ts";
import { account, type Case, page } from "./documented.ts";

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
