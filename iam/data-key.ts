import { type PolicyDocument, personalizeService } from "policy-evaluator";
import { onlyForUs, type ServiceCaller } from "./import-access.ts";

/**
 * Statements that a KMS key policy needs, besides those for its administrators. With them Personalize can read from and
 * write to an encrypted bucket (Personalize Developer Guide, "Giving Amazon Personalize permission to use your AWS KMS
 * key"). The guide has no conditions; the service condition is our addition, as in the bucket policy.
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
