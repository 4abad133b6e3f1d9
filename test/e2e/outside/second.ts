import { allows, also, isAction, of, role, trust } from "../../../packages/access-doctor/test/fixtures/edits.ts";
import { good, roleArnOf } from "../../../packages/access-doctor/test/fixtures/import-fixture.ts";
import { bucketAlso, chain, type Fault, guard, keyWith, rows, storedAs, times } from "./case.ts";

const github = "https://github.com";
const service = { Service: "personalize.amazonaws.com" };

/** Faults that nobody of the authors read before the diagnosis was finished. */
export const secondFaults: readonly Fault[] = [
    {
        name: "s3:GetObjectAttributes in place of s3:GetObject",
        source: `${github}/versity/versitygw/issues/1317`,
        make: role(of("s3:GetObject", (one) => ({ ...one, Action: "s3:GetObjectAttributes" }))),
        says: /role polic.*(No statement|none).*s3:GetObject\b/is,
        ends: "commands",
        mustNot: /s3:GetObject\*/,
    },
    {
        name: "the API operation ListObjectsV2 as an action of the role policy",
        source: `${github}/ministryofjustice/cloud-platform-environments/pull/7383`,
        make: role(of("s3:ListBucket", (one) => ({ ...one, Action: "s3:ListObjectsV2" }))),
        says: /role polic.*s3:ListBucket/is,
        ends: "commands",
    },
    {
        name: "a Deny of other addresses than the office's, without an exception for services",
        source: `${github}/duo-labs/parliament/issues/78`,
        make: bucketAlso(
            guard({ NotIpAddress: { "aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"] } }, { Sid: "OfficeOnly" }),
        ),
        says: /OfficeOnly.*denies s3:\w+.*aws:SourceIp/is,
        ends: /Ask:.*OfficeOnly/s,
    },
    {
        name: "a role's tag that differs from the required one in its case",
        source: `${github}/runs-on/runs-on/issues/121`,
        make: role(of("s3:ListBucket", also({ StringEquals: { "aws:PrincipalTag/stack": "RunsOn" } }))),
        also: ({ iam }, { roleName: RoleName }) => iam.tagRole({ RoleName, Tags: [{ Key: "stack", Value: "runson" }] }),
        says: /aws:PrincipalTag\/stack RunsOn.*runson\b/s,
    },
    {
        name: "a key that waits for its deletion",
        source: `${github}/crossplane-contrib/provider-aws/issues/849`,
        make: chain(
            keyWith(
                (fixture) => ({
                    Sid: "Role",
                    Effect: "Allow",
                    Principal: { AWS: roleArnOf(fixture) },
                    Action: "kms:Decrypt",
                    Resource: "*",
                }),
                () => ({ Sid: "Use", Effect: "Allow", Principal: service, Action: "kms:Decrypt", Resource: "*" }),
            ),
            (fixture) => ({ ...fixture, key: fixture.key && { ...fixture.key, state: "PendingDeletion" } }),
        ),
        says: /key.*(PendingDeletion|pending deletion|scheduled for deletion|waits? for (its )?deletion)/is,
        ends: /Ask:.*(cancel|deletion)/is,
        mustNot: /put-key-policy/,
    },
    {
        name: "a key policy that allows encryption only",
        source: `${github}/cloudposse/terraform-aws-vpc-flow-logs-s3-bucket/issues/30`,
        make: keyWith(() => ({
            Sid: "Logs",
            Effect: "Allow",
            Principal: service,
            Action: ["kms:Encrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            Resource: "*",
        })),
        says: /key.*(No statement|none|not).*kms:Decrypt/is,
        ends: "commands",
    },
    {
        name: "an object in Deep Archive",
        source: `${github}/getmoto/moto/issues/4299`,
        make: (fixture) => ({
            ...fixture,
            objects: { [fixture.location]: { ...good, storageClass: "DEEP_ARCHIVE" } },
        }),
        says: /movies\/interactions\.csv.*(DEEP_ARCHIVE|Deep Archive)/is,
        ends: /(Ask|Next):.*restor/is,
    },
    {
        name: "a key that differs from the location in its case",
        source: `${github}/minio/minio-java/issues/1223`,
        make: storedAs("movies/Interactions.CSV"),
        says: /movies\/interactions\.csv.*movies\/Interactions\.CSV/s,
    },
    {
        name: "an invisible character in one number",
        source: `${github}/pola-rs/polars/issues/16721`,
        make: times((seconds, hour) => (hour === 900 ? `\uFEFF${seconds}` : String(seconds))),
        says: /line 902\b.*(U\+FEFF|zero.width|byte order mark|BOM|invisible|\\ufeff)/is,
        rows,
    },
    {
        name: "local times on a clock of 12 hours",
        source: `${github}/oliexdev/openScale/issues/1475`,
        make: times((seconds) =>
            `${new Date(seconds * 1000).toLocaleString("en-US", { timeZone: "UTC" })}`
                .replace(",", "")
                .replace("\u202F", " "),
        ),
        says: /line 2\b.*"1\/1\/2020 12:00:00 AM"/is,
        rows,
    },
    {
        name: "milliseconds in the newer half of the rows",
        source: `${github}/keepassxreboot/keepassxc/issues/6498`,
        make: times((seconds, hour) => (hour < 750 ? String(seconds) : `${seconds}000`)),
        says: /line 752\b.*"1580536800000".*(millisecond|ms\b)/is,
        rows,
    },
    {
        name: "a permission of the role that has expired",
        source: `${github}/minio/minio/issues/6372`,
        make: role(
            allows((one) =>
                isAction("s3:GetObject")(one)
                    ? { ...one, Condition: { DateLessThan: { "aws:CurrentTime": "2024-06-30T23:59:59Z" } } }
                    : one,
            ),
        ),
        says: /aws:CurrentTime.*2024-06-30/s,
    },
    {
        name: "a trust policy for the own account's roles only",
        source: `${github}/ministryofjustice/modernisation-platform-environments/pull/18051`,
        make: trust((one) => ({
            ...one,
            Principal: { AWS: "arn:aws:iam::000000000000:root" },
            Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::000000000000:role/ai-gateway*" } },
        })),
        says: /trust policy.*not for the service personalize\.amazonaws\.com/is,
        ends: "commands",
    },
    {
        name: "an import that a resource control policy denies",
        source: `${github}/prowler-cloud/prowler/pull/12519`,
        make: (fixture) => fixture,
        unseen: true,
        says: /resource control polic|\bRCP/i,
        mustNot: /fixed since|bucketPolicyConditions false/i,
    },
];
