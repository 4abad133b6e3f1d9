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
            "a PutObject of Carlos to the log bucket",
            {
                caller: carlos,
                action: "s3:PutObject",
                resource: "arn:aws:s3:::amzn-s3-demo-bucket-carlossalazar-logs/x",
            },
            "explicitDeny",
        ],
        [
            "a PutObject of Carlos to his own bucket",
            { caller: carlos, action: "s3:PutObject", resource: `${carlosBucket[1]}/x`, bucketPolicy },
            "allowed",
        ],
        [
            "a ListAllMyBuckets of Carlos",
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
        ["iam:GetUser", { action: "iam:GetUser", resource: "*" }, "allowed"],
        ["iam:CreatePolicy", { action: "iam:CreatePolicy", resource: "*" }, "implicitDeny"],
        [
            "iam:GetOrganizationsAccessReport",
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
    [
        "a GetObject of David in his folder",
        { action: "s3:GetObject", resource: "arn:aws:s3:::mybucket/David/x" },
        "allowed",
    ],
    [
        "a GetObject of David in Adele's folder",
        { action: "s3:GetObject", resource: "arn:aws:s3:::mybucket/Adele/x" },
        "implicitDeny",
    ],
    ["a ListBucket of David with his prefix", { ...list, context: { "s3:prefix": "David/" } }, "allowed"],
    ["a ListBucket of David with Adele's prefix", { ...list, context: { "s3:prefix": "Adele/" } }, "implicitDeny"],
    [
        "a role session, which has no aws:username",
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
            "a principal tag that replaces the default",
            {
                action: "s3:GetObject",
                resource: "arn:aws:s3:::bucket/yellow/x",
                context: { "aws:PrincipalTag/team": "yellow" },
            },
            "allowed",
        ],
        [
            "the default value without the principal tag",
            { action: "s3:GetObject", resource: "arn:aws:s3:::bucket/company-wide/x" },
            "allowed",
        ],
        [
            "the default value with another principal tag",
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
                `the prefix "${prefix}"`,
                { action: "s3:ListBucket", resource: "arn:aws:s3:::BUCKET-NAME", context: { "s3:prefix": prefix } },
                "allowed",
            ],
        ),
        [
            "another user's prefix",
            { action: "s3:ListBucket", resource: "arn:aws:s3:::BUCKET-NAME", context: { "s3:prefix": "home/Adele/" } },
            "implicitDeny",
        ],
        [
            "a DeleteObject in the user's own home",
            { action: "s3:DeleteObject", resource: "arn:aws:s3:::BUCKET-NAME/home/David/x" },
            "allowed",
        ],
    ],
);
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of IAM's */
