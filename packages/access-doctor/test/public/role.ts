import { document } from "../fixtures/import-fixture.ts";
import { createFixture, fixtureSnapshot } from "../support.ts";
import {
    bucketArn,
    bucketStatements,
    get,
    list,
    objects,
    type PublicCase,
    roleDenies,
    trusting,
    withRole,
    withRoleFacts,
} from "./case.ts";

const guide = "https://docs.aws.amazon.com/IAM/latest/UserGuide";
const onBoth = { Effect: "Allow", Resource: [bucketArn, objects] } as const;

/** Test cases with mistakes in a role's policies, trust policy or permissions boundary, which public sources report. */
export const roleCases: readonly PublicCase[] = [
    {
        name: "the name of an API operation as an action: s3:ListObjects",
        source: "https://github.com/cloudtools/awacs/pull/105",
        words: "There is no action s3:ListObjects in IAM; the action of both operations is s3:ListBucket.",
        snapshot: withRole({ ...onBoth, Action: ["s3:ListObjects", "s3:GetObject"] }),
        says: /s3:ListObjects is not an action.*s3:ListBucket/,
        ends: "commands",
    },
    {
        name: "s3:ListObjectsV2 in a list of actions that do not exist",
        source: "https://github.com/remotely-save/remotely-save/issues/564",
        words: "The guide's policy has s3:ListObjects and s3:ListObjectsV2, and listing is denied.",
        snapshot: withRole({ ...onBoth, Action: ["s3:ListObjectsV2", "s3:CopyObject", "s3:GetObject"] }),
        says: /s3:ListObjectsV2 is not an action.*s3:ListBucket/,
        ends: "commands",
    },
    {
        name: "s3:ListObject, singular",
        source: "https://github.com/reg-viz/reg-suit/pull/632",
        words: "The README asks for s3:ListObject, which S3 does not have.",
        snapshot: withRole({ ...onBoth, Action: ["s3:ListObject", "s3:GetObject"] }),
        says: /s3:ListObject is not an action.*s3:ListBucket/,
        ends: "commands",
    },
    {
        name: "s3:HeadObject and s3:HeadBucket",
        source: "https://github.com/DataBiosphere/azul/issues/6152",
        words: "s3:HeadBucket and s3:HeadObject are not actions: s3:ListBucket and s3:GetObject are.",
        snapshot: withRole({ ...onBoth, Action: ["s3:ListBucket", "s3:HeadObject", "s3:HeadBucket"] }),
        says: /s3:HeadObject is not an action.*s3:GetObject/,
        ends: "commands",
    },
    {
        name: "two colons in an action: s3::Get*",
        source: "https://github.com/awsdocs/aws-cloudformation-user-guide/issues/84",
        words: "The tutorial's policy has s3::Get*, where s3:Get* is meant.",
        snapshot: withRole({ ...onBoth, Action: ["s3::Get*", "s3:List*"] }),
        says: /"s3::Get\*" is not an action/,
        ends: "unknown",
    },
    {
        name: "a letter missing in an action: s3:GetObjct",
        source: `${guide}/access-analyzer-reference-policy-checks.html`,
        words: "Error, invalid action: the action does not exist.",
        snapshot: withRole(list, { ...get, Action: "s3:GetObjct" }),
        says: /s3:GetObjct is not an action.*s3:GetObject/,
        ends: "commands",
    },
    {
        name: "a region in the ARN of a bucket",
        source: "https://github.com/cloudtools/awacs/issues/185",
        words: "ARNs of buckets have an empty region and account, unlike those of access points.",
        snapshot: withRole(list, { ...get, Resource: "arn:aws:s3:eu-central-1::films-test/*" }),
        says: /arn:aws:s3:eu-central-1::films-test\/\*.*(meant|region)/,
        ends: "commands",
    },
    {
        name: "two letters of the bucket's name swapped in the ARN",
        source: "https://github.com/boto/boto3/issues/550",
        words: "A typo in the bucket's name is somebody else's bucket, and a permission error.",
        snapshot: withRole(list, { ...get, Resource: "arn:aws:s3:::flims-test/*" }),
        says: /arn:aws:s3:::flims-test\/\*.*arn:aws:s3:::films-test.* meant/,
        ends: "commands",
    },
    {
        name: "a prefix's ARN where the bucket is listed",
        source: "https://github.com/buildkite/elastic-ci-stack-for-aws/issues/45",
        words: "With a prefix, the permission to list is asked for the prefix instead of the bucket.",
        snapshot: withRole({ ...list, Resource: `${bucketArn}/movies` }, get),
        says: /a bucket is listed by its own ARN/,
        ends: "commands",
    },
    {
        name: "objects without the bucket",
        source: "https://github.com/boto/boto3/issues/550",
        words: "The policy gives access to the objects of the bucket, not to the bucket, which listing needs.",
        snapshot: withRole({ ...get, Action: "s3:*" }),
        says: /allows s3:ListBucket on arn:aws:s3:::films-test\/\*, not on arn:aws:s3:::films-test: /,
        ends: "commands",
    },
    {
        name: "a variable that only a user has",
        source: "https://github.com/fsspec/s3fs/issues/847",
        words: "The prefix in the policy has the variable aws:username, which a session of a role does not send.",
        snapshot: withRole(list, { ...get, Resource: `${bucketArn}/movies/$\{aws:username}/*` }),
        says: /aws:username/,
        ends: "commands",
    },
    {
        name: "prefixes by StringEquals without the file's own",
        source: "https://github.com/minio/minio/issues/7095",
        words: "The condition lists the empty prefix and folders, and other prefixes are denied.",
        snapshot: withRole({ ...list, Condition: { StringEquals: { "s3:prefix": ["", "/", "data", "data/"] } } }, get),
        says: /requires StringEquals s3:prefix .* sends s3:prefix movies\/interactions\.csv/,
        ends: "commands",
    },
    {
        name: "a delimiter that the service may not send",
        source: "https://github.com/aws/aws-cli/issues/439",
        words: "Listing is allowed with a delimiter only.",
        snapshot: withRole(
            { ...list, Condition: { StringLike: { "s3:delimiter": "/", "s3:prefix": "movies*" } } },
            get,
        ),
        says: /cannot tell: s3:delimiter/,
        ends: "unknown",
    },
    {
        name: "only scanned objects",
        source: "https://github.com/widdix/aws-s3-virusscan/issues/17",
        words: "Reading needs the tag antivirus: scanned-ok, which this object does not have.",
        snapshot: withRole(list, {
            ...get,
            Condition: { StringEquals: { "s3:ExistingObjectTag/antivirus": "scanned-ok" } },
        }),
        says: /requires StringEquals s3:ExistingObjectTag\/antivirus scanned-ok.* sends no/,
        ends: /s3:ExistingObjectTag\/antivirus/,
    },
    {
        name: "a permission that has ended",
        source: `${guide}/reference_policies_examples_aws-dates.html`,
        words: "Actions are allowed between two dates.",
        snapshot: withRole(list, {
            ...get,
            Condition: {
                DateGreaterThan: { "aws:CurrentTime": "2026-04-01T00:00:00Z" },
                DateLessThan: { "aws:CurrentTime": "2026-06-30T23:59:59Z" },
            },
        }),
        says: /requires DateLessThan aws:CurrentTime 2026-06-30/,
        ends: /aws:CurrentTime/,
    },
    {
        name: "access by tags, and a role without the tag",
        source: `${guide}/introduction_attribute-based-access-control.html`,
        words: "The tag of the resource must be equal to the principal's, which has none.",
        snapshot: withRole(list, {
            ...get,
            Condition: { StringEquals: { "s3:ExistingObjectTag/team": `$\{aws:PrincipalTag/team}` } },
        }),
        says: /s3:ExistingObjectTag\/team \$\{aws:PrincipalTag\/team\}/,
        ends: /s3:ExistingObjectTag\/team/,
    },
    {
        name: "only buckets of another account",
        source: "https://aws.amazon.com/blogs/storage/limit-access-to-amazon-s3-buckets-owned-by-specific-aws-accounts/",
        words: "The role may not read buckets of other accounts than the listed one.",
        snapshot: roleDenies({
            Sid: "OwnBuckets",
            Action: "s3:*",
            Resource: "*",
            Condition: { StringNotEquals: { "s3:ResourceAccount": "111122223333" } },
        }),
        says: /OwnBuckets .* denies s3:\w+ unless s3:ResourceAccount is 111122223333; .* sends s3:ResourceAccount 0{12}/,
        ends: /^the owner of the role .*OwnBuckets/,
    },
    {
        name: "the action of a web identity in the trust policy",
        source: "https://github.com/pulumi/pulumi-aws/issues/4629",
        words: "The trust policy has an action of another kind of caller.",
        snapshot: trusting({ Action: "sts:AssumeRoleWithWebIdentity" }),
        says: /No statement allows sts:AssumeRole/,
        ends: "commands",
    },
    {
        name: "paths of an organisation in the trust policy",
        source: "https://github.com/awsdocs/iam-user-guide/issues/162",
        words: "The trust policy wants aws:PrincipalOrgPaths, which a service does not have.",
        snapshot: trusting({
            Condition: { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/ou-ab12-1*" } },
        }),
        says: /requires ForAnyValue:StringLike aws:PrincipalOrgPaths .* sends no aws:PrincipalOrgPaths/,
        ends: /aws:PrincipalOrgPaths/,
    },
    {
        name: "ForAllValues on the source account",
        source: "https://github.com/awsdocs/aws-cloudformation-user-guide/pull/1071",
        words: "ForAllValues:StringEquals where StringEquals is enough.",
        snapshot: trusting({ Condition: { "ForAllValues:StringEquals": { "aws:SourceAccount": "000000000000" } } }),
        ends: "sound",
    },
    {
        name: "a boundary with denials only",
        source: "https://github.com/anomalyco/sst/issues/1056",
        words: "The boundary denies iam:*, and allows nothing.",
        snapshot: fixtureSnapshot({
            ...createFixture(),
            boundary: document({ Effect: "Deny", Action: "iam:*", Resource: "*" }),
        }),
        says: /No statement allows s3:ListBucket/,
        ends: "commands",
    },
    {
        name: "a boundary, and a bucket policy that names the role",
        source: "https://github.com/nideveloper/CDK-SPA-Deploy/pull/347",
        words: "The bucket policy names the role to override the boundary, which works for sessions and users only.",
        snapshot: fixtureSnapshot({
            ...createFixture(),
            bucketPolicy: JSON.stringify(
                document(...bucketStatements(createFixture()), {
                    Effect: "Allow",
                    Principal: { AWS: "arn:aws:iam::000000000000:role/Import-test" },
                    Action: "s3:*",
                    Resource: [bucketArn, objects],
                }),
            ),
            boundary: document({ Effect: "Allow", Action: ["logs:*", "s3:PutObject"], Resource: "*" }),
        }),
        says: /No statement allows s3:ListBucket/,
        ends: "commands",
    },
    {
        name: "a boundary at AWS's limit of versions",
        source: "https://github.com/99designs/iamy/issues/21",
        words: "A managed policy has at most five versions.",
        snapshot: (() => {
            const snapshot = fixtureSnapshot({
                ...createFixture(),
                boundary: document({ Effect: "Allow", Action: "logs:*", Resource: "*" }),
            });
            const role = "is" in snapshot.role ? snapshot.role.is : undefined;
            return withRoleFacts(snapshot, { boundary: { ...role?.boundary, versions: 5 } });
        })(),
        says: /No statement allows s3:ListBucket/,
        ends: /five versions/,
    },
];
