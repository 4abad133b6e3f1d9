import assert from "node:assert/strict";
import { type Subject, understand } from "../../../runbooks/lib/access/messages.ts";

const guide = "https://docs.aws.amazon.com/personalize/latest/dg/error-messages.html";
const job = "arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/ratings-1";
const diagnoseRole = "npm run diagnose-access -- --role";

/** The source, its text (placeholders of the guide filled in), the subject, a part of the cause, a part of the command. */
const known: readonly (readonly [string, string, Subject, RegExp, RegExp])[] = [
    [
        guide,
        "Failed to create a data import job for INTERACTIONS dataset....Insufficient privileges for accessing data in Amazon S3.",
        "access",
        /^Personalize may not read the data/,
        /^npm run diagnose-access -- --job JOB_ARN$/,
    ],
    [
        guide,
        "Failed to create a data import job ITEMS dataset...Input CSV is missing the following columns:[ITEM_ID, GENRES].",
        "file",
        /lacks ITEM_ID, GENRES/,
        /diagnose-access/,
    ],
    [
        guide,
        "Length cannot be more than 256 characters for ITEM_ID. If no values exceed the character limit, make sure your data follows the formatting guidelines listed in https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html.",
        "file",
        /A value of ITEM_ID has more than 256 characters/,
        /diagnose-access/,
    ],
    [guide, "Invalid Data location.", "location", /not of the form s3:/, /^aws s3 ls/],
    [
        guide,
        "An error occurred (LimitExceededException) when calling the CreateDatasetImportJob operation: More than 5 resources with PENDING or IN_PROGRESS status.",
        "service",
        /^5 imports are running/,
        /list-dataset-import-jobs/,
    ],
    [
        guide,
        "Create failed. Dataset has fewer than 25 users with at least 2 interactions each.",
        "file",
        /too few/,
        /./,
    ],
    [
        "https://github.com/mshakhomirov/persoanlize_ops, lp3_notes.md",
        'Resource handler returned message: "Insufficient privileges for accessing data in S3. Please look at https://docs.aws.amazon.com/Personalize/latest/dg/granting-Personalize-s3-access.html#attach-bucket-policy and fix bucket policy on glue.staging.aws. (Service: Personalize, Status Code: 400',
        "access",
        /^The bucket policy of glue\.staging\.aws does not let Personalize/,
        /^npm run diagnose-access -- --role ROLE_ARN --bucket glue\.staging\.aws$/,
    ],
    [
        "https://github.com/aws-samples/amazon-forecast-samples/issues/77",
        "An error occurred (InvalidInputException) when calling the CreateDatasetImportJob operation: No objects found in s3 path s3://bucket-name/AKIAVG6HB65434355, please ensure the path is specified correctly.",
        "location",
        /no object at s3:\/\/bucket-name\/AKIAVG6HB65434355\./,
        /^aws s3 ls --recursive s3:\/\/bucket-name\/$/,
    ],
    [
        "https://docs.aws.amazon.com/personalize/latest/dg/security_iam_troubleshoot.html",
        "User: arn:aws:iam::123456789012:user/marymajor is not authorized to perform: iam:PassRole",
        "caller",
        /^arn:aws:iam::123456789012:user\/marymajor may not pass the role to Personalize/,
        /diagnose-access/,
    ],
    [
        "https://github.com/alphagov/govuk-infrastructure/pull/2439",
        "operation error Bedrock: PutModelInvocationLoggingConfiguration, https response error StatusCode: 403, User: arn:aws:sts::210287912431:assumed-role/terraform-cloud/terraform-run-h7rD1XcGWxHMDCG7 is not authorized to perform: iam:PassRole on resource: arn:aws:iam::210287912431:role/govuk-chat-bedrock-access-role because no identity-based policy allows the iam:PassRole action",
        "caller",
        /assumed-role\/terraform-cloud\/\S+ may not pass \S+:role\/govuk-chat-bedrock-access-role .*no identity-based policy allows it/,
        /^npm run diagnose-access -- --role arn:aws:iam::210287912431:role\/govuk-chat-bedrock-access-role --bucket BUCKET$/,
    ],
    [
        "https://github.com/LBHackney-IT/Data-Platform/pull/1990",
        "botocore.errorfactory.AccessDeniedException: An error occurred (AccessDeniedException) when calling the RunTask operation: User: arn:aws:iam::120038763019:user/parking-airflow-user is not authorized to perform: iam:PassRole on resource: arn:aws:iam::120038763019:role/parking-ecs-execution-role because no identity-based policy allows the iam:PassRole action",
        "caller",
        /user\/parking-airflow-user may not pass/,
        /--role arn:aws:iam::120038763019:role\/parking-ecs-execution-role/,
    ],
    [
        "https://docs.aws.amazon.com/personalize/latest/dg/security_iam_troubleshoot.html",
        "User: arn:aws:iam::123456789012:user/mateojackson is not authorized to perform: personalize:GetWidget on resource: my-example-widget",
        "caller",
        /mateojackson may not call personalize:GetWidget/,
        /./,
    ],
    [
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html",
        'User: arn:aws:iam::777788889999:user/MaryMajor is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::amzn-s3-demo-bucket1/object-name" with an explicit deny in a service control policy, with policy ARN: arn:aws:organizations::777788889999:policy/o-exampleorgid/service_control_policy/p-examplepolicyid',
        "access",
        /may not s3:GetObject on amzn-s3-demo-bucket1: a statement of a service control policy denies it\.$/,
        /--role ROLE_ARN --bucket amzn-s3-demo-bucket1 --key object-name$/,
    ],
    [
        "https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-s3-deployment/README.md",
        "download failed: ...\nAn error occurred (AccessDenied) when calling the GetObject operation:\nUser: *** is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext\nbecause no identity-based policy allows the kms:Decrypt action",
        "access",
        /may not use the data's key \(kms:Decrypt\): no identity-based policy allows it/,
        /diagnose-access/,
    ],
    [
        "a message of KMS in public code (file 70145037679 of the index)",
        "com.amazonaws.services.kms.model.KMSInvalidStateException: arn:aws:kms:us-west-2:123456789012:key/7ae3758e-f42e-4c34-b7e8-559326908365 is pending deletion. (Service: AWSKMS; Status Code: 400; Error Code: KMSInvalidStateException; Request ID: 3ce81ce8-c4b2-4832-9320-5ef3cef65bde)",
        "access",
        /^arn:aws:kms:us-west-2:123456789012:key\/7ae3758e-f42e-4c34-b7e8-559326908365 is scheduled for deletion\.$/,
        /^aws kms describe-key --key-id arn:aws:kms:us-west-2/,
    ],
    [
        "packages/local-personalize/importing/read-csv.ts",
        `Failed to create a data import job INTERACTIONS dataset...Line 3 has 4 columns, but the header has 5.`,
        "file",
        /line 3 of the file/,
        /diagnose-access/,
    ],
];

describe("a message of AWS that is pasted in", () => {
    for (const [source, text, subject, cause, next] of known) {
        it(`is understood: ${text.slice(0, 90)}… (${source})`, () => {
            const found = understand(text);
            assert.equal(found?.subject, subject);
            assert.match(found.cause, cause);
            assert.match(found.next, next);
        });
    }

    it("is understood in the line breaks of a terminal, and inside a traceback", () => {
        const wrapped = `Traceback (most recent call last):
  File "/opt/botocore/client.py", line 316, in _api_call
    return self._make_api_call(operation_name, kwargs)
botocore.exceptions.ClientError: An error occurred (InvalidInputException) when calling the
CreateDatasetImportJob operation: Insufficient privileges for accessing data in
S3.`;
        const found = understand(wrapped);
        assert.equal(found?.subject, "access");
        assert.deepEqual(found.mentions.lines, []);
    });

    it("gives its names to the next command, and the line of the file to look at", () => {
        assert.equal(
            understand(`${job}: Insufficient privileges for accessing data in S3.`)?.next,
            `npm run diagnose-access -- --job ${job}`,
        );
        const role = "arn:aws:iam::123456789012:role/service-role/R";
        assert.equal(
            understand(`Personalize cannot assume ${role}. Data: s3://films/in/a.csv.`)?.next,
            `${diagnoseRole} ${role} --bucket films --key in/a.csv`,
        );
        const line = understand("s3://films/in/a.csv: row 7: TIMESTAMP is not a number");
        assert.equal(line?.next, "aws s3 cp s3://films/in/a.csv - | sed -n '1p;7p'");
        assert.deepEqual(line.mentions.lines, [7]);
    });

    it("is not understood if it is about something else", () => {
        for (const text of ["", "The build failed.", "Training: line of business", "no"]) {
            assert.equal(understand(text), undefined, text);
        }
    });
});
