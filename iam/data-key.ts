import { type PolicyDocument, personalizeService } from "policy-evaluator";
import { onlyForUs, type ServiceCaller } from "./import-access.ts";

/**
 * Returns the statements that a KMS key policy needs in addition to those for its administrators. They allow
 * Personalize to read from and write to an encrypted bucket (Personalize Developer Guide, "Giving Amazon Personalize
 * permission to use your AWS KMS key"). The guide's statements have no conditions; this program adds the service
 * condition, as in the bucket policy.
 */
export function dataKeyPolicy(caller: ServiceCaller, roleArn: string): PolicyDocument {
    const use = {
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant", "kms:ListGrants"],
        Resource: "*",
    } as const;
    return {
        Version: "2012-10-17",
        Statement: [
            {
                Sid: "AccountGivesItOn",
                Effect: "Allow",
                Principal: { AWS: `arn:${caller.partition}:iam::${caller.accountId}:root` },
                Action: [
                    "kms:DescribeKey",
                    "kms:GetKeyPolicy",
                    "kms:PutKeyPolicy",
                    "kms:ScheduleKeyDeletion",
                    "kms:CancelKeyDeletion",
                    "kms:EnableKey",
                    "kms:DisableKey",
                    "kms:Decrypt",
                    "kms:GenerateDataKey",
                ],
                Resource: "*",
            },
            { Sid: "ExecutionRole", Principal: { AWS: roleArn }, ...use },
            {
                Sid: "PersonalizeOfThisAccount",
                Principal: { Service: personalizeService },
                ...use,
                Condition: onlyForUs(caller),
            },
        ],
    };
}
