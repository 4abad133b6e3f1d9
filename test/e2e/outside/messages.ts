import { all, type Message } from "./case.ts";

const github = "https://github.com";

/** Messages from public threads, some without their ends. Figures replace values that the threads conceal. */
export const messages: readonly Message[] = [
    {
        name: "a Deny of a key policy",
        source: `${github}/aws/aws-nitro-enclaves-sdk-c/issues/157`,
        text: "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/enclave_role/i-09654650371b8eff3 is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-central-1:123456789012:key/e7b0fb1b-8903-4a44-afd9-baa76f246adc with an explicit deny in a resource-based policy",
        says: all(/enclave_role/, /kms:Decrypt/, /key\/e7b0fb1b/, /den(y|ies|ied)/, /key policy|resource-based policy/),
        mustNot: /bucket policy/i,
    },
    {
        name: "a key policy without kms:DescribeKey",
        source: `${github}/jbrt/ec2cryptomatic/issues/26`,
        text: "2021/10/19 12:56:32 Error with this key: AccessDeniedException: User: arn:aws:iam::391582401234:user/EC2Cryptomatic is not authorized to perform: kms:DescribeKey on resource: arn:aws:kms:us-west-2:391582401234:key/12345678-048e-4be0-b497-ca151cd223c5 because no resource-based policy allows the kms:DescribeKey action.",
        says: all(/EC2Cryptomatic/, /kms:DescribeKey/, /ca151cd223c5/, /key policy|no resource-based policy/),
        mustNot: /bucket policy/i,
    },
    {
        name: "a key policy inside an error of Lambda",
        source: `${github}/4dn-dcic/tibanna/issues/402`,
        text: "Lambda was unable to decrypt the environment variables because KMS access was denied. Please check the function's KMS key settings. KMS Exception: AccessDeniedExceptionKMS Message: User: arn:aws:sts::123456789012:assumed-role/tibanna_a_run_task_awsem/run_task_awsem_tibanna_a is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d because no resource-based policy allows the kms:Decrypt action (Service: Lambda, Status Code: 502, Request ID: ID)",
        says: all(/run_task_awsem/, /kms:Decrypt/, /0a1b2c3d/, /key policy|no resource-based policy/),
    },
    {
        name: "an identity policy inside an error about GZIP",
        source: `${github}/ministryofjustice/modernisation-platform/pull/11726`,
        text: 'error creating GZIP reader for file "r53-public-dns-logs/2025/10/15/10.gz" (event: "ObjectCreated:Put", bucket: "modernisation-platform-logs-r53-public-dns-logs"): AccessDenied: User: arn:aws:sts::624384546187:assumed-role/cortex_xsiam20240930112820077540000001/xdr-collection is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-2:624384546187:key/b997e702-260d-456b-95c4-270624f53307 because no identity-based policy allows the kms:Decrypt action status code: 403, request id: TMZDENVDWQ8V6JV53',
        says: all(
            /cortex_xsiam2024/,
            /kms:Decrypt/,
            /key\/b997e702/,
            /no identity-based policy|role policy|policies of the role/,
        ),
        mustNot: /gzip|compress/i,
    },
    {
        name: "an error that Terraform wrapped in a box",
        source: `${github}/hashicorp/terraform-provider-aws/issues/43891`,
        text: `│ Error: creating S3 Bucket (sandbox-tfstate-file) Lifecycle Configuration
│
│ While waiting: operation error S3: GetBucketLifecycleConfiguration, https response error
│ StatusCode: 403, RequestID: R9MK7Z9D37KW47QB, HostID:
│ 1iYpODbMPA9lJ3UuIUMpA3Opw3U94schtPs5I8037JI6azfCemQKvoVvjM9tG0u6U2oLm8HDntlFZKRUB/w9/g==, api
│ error AccessDenied: User: arn:aws:iam::315400321086:user/ekonkov@planitar.com is not authorized
│ to perform: s3:GetLifecycleConfiguration on resource: "arn:aws:s3:::sandbox-tfstate-file" with
│ an explicit deny in a resource-based policy
╵`,
        says: all(
            /ekonkov/,
            /s3:GetLifecycleConfiguration/,
            /sandbox-tfstate-file/,
            /bucket policy|resource-based policy/,
        ),
    },
    {
        name: "a service that cannot assume its role",
        source: `${github}/awslabs/predictive-maintenance-using-machine-learning/issues/3`,
        text: "[ERROR] ClientError: An error occurred (ValidationException) when calling the CreateTransformJob operation: Could not assume role arn:aws:iam::123456789012:role/PredictiveMaintenance-NotebookInstanceExecutionRol-YVBYTBKPP92H. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.",
        says: all(/ExecutionRol-YVBYTBKPP92H/, /does not exist|missing|deleted/, /trust/),
    },
    {
        name: "a role's ARN whose account number lost its first zero",
        source: `${github}/salesforce/cloudsplaining/issues/256`,
        text: "botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the AssumeRole operation: User: arn:aws:iam::123456789012:user/my.user@mydomain.com is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::1234567891:role/SecurityAuditor",
        says: all(/my\.user/, /assume/i, /SecurityAuditor/, /10 digits|12 digits|twelve digits|leading zero/),
    },
    {
        name: "a permissions boundary inside an error of Terraform",
        source: `${github}/nebari-dev/nebari/issues/2152`,
        text: "[terraform]: │ Error: error creating role: UnauthorizedOperation: You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/deploy is not authorized to perform: ec2:CreateRole on resource: arn:aws:iam::123456789012:role/nebari\n because no permissions boundary allows the ec2:CreateRole action.",
        says: all(/user\/deploy/, /ec2:CreateRole/, /permissions boundary/),
    },
    {
        name: "a session policy of Cognito",
        source: `${github}/aws/aws-sdk-js/issues/4303`,
        text: "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/Cognito_Unauth_Role/CognitoIdentityCredentials is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:us-east-1:123456789012:parameter/x because no session policy allows the ssm:GetParameter action",
        says: all(/Cognito_Unauth_Role/, /ssm:GetParameter/, /session policy/),
    },
    {
        name: "a service control policy",
        source: `${github}/kubernetes-sigs/aws-load-balancer-controller/issues/2322`,
        text: "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/controller/1635 is not authorized to perform: waf-regional:GetWebACLForResource on resource: arn:aws:waf-regional:eu-west-1:123456789012:*/* with an explicit deny in a service control policy",
        says: all(/role\/controller/, /waf-regional:GetWebACLForResource/, /service control policy/),
    },
    {
        name: "a Deny whose kind the message does not name",
        source: `${github}/aws-solutions/quota-monitor-for-aws/issues/86`,
        text: "API: iam:CreateRole User: arn:aws:sts::123456789012:assumed-role/Admin/jrykowski is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::123456789012:role/limitmonitor-limitCheckSt-LimitMonitorRole-1M8F2ZHBM59NZ with an explicit deny",
        says: all(/role\/Admin/, /iam:CreateRole/, /LimitMonitorRole-1M8F2ZHBM59NZ/, /den(y|ies|ied)/i),
        mustNot: /no (statement|policy) allows|on the bucket/i,
    },
    {
        name: "a bucket policy with a principal that does not exist",
        source: `${github}/aws-samples/aws-batch-architecture-for-alphafold/issues/1`,
        text: "S3BucketPolicy Invalid principal in policy (Service: Amazon S3; Status Code: 400; Error Code: MalformedPolicy; Request ID: 3XN0NQQSCEXV1Z3V; S3 Extended Request ID: mUfZKcxrjWDi=; Proxy: null)",
        says: /principal.*(does not exist|no longer|deleted|wrong|mistyped|unknown|invalid)/is,
    },
    {
        name: "an archived object called unauthorized",
        source: `${github}/counsyl/stor/issues/38`,
        text: "UnauthorizedError: The operation is not valid for the object's storage class Bucket: bucket, Key: key-in-glacier.json",
        says: all(/key-in-glacier\.json/, /archive|Glacier/i, /restor/i),
        mustNot: /role policy|not allowed to read/i,
    },
    {
        name: "a key with plus signs in an exception of Java",
        source: `${github}/opensearch-project/data-prepper/issues/1923`,
        text: "WARN  org.opensearch.dataprepper.plugins.source.SqsWorker - Unable to process S3Object: s3ObjectReference=[bucketName=movies, key=has+some+spaces.log]. software.amazon.awssdk.services.s3.model.NoSuchKeyException: The specified key does not exist. (Service: S3, Status Code: 404, Request ID: 0, Extended Request ID: 0)",
        says: all(/has[+ ]some[+ ]spaces\.log/, /no object|not exist|no such key/i),
    },
    {
        name: "a refused read that can mean a missing object",
        source: `${github}/aws/aws-cli/issues/2041`,
        text: "A client error (AccessDenied) occurred when calling the GetObject operation: Access Denied",
        says: all(/s3:GetObject/, /s3:ListBucket|not exist|missing/),
    },
    {
        name: "an error without a resource",
        source: `${github}/benbjohnson/litestream/issues/923`,
        text: "api error AccessDenied: User: arn:aws:iam::123456789012:user/litestream is not authorized to perform: s3:PutObject because no identity-based policy allows the s3:PutObject action",
        says: all(/user\/litestream/, /s3:PutObject/, /no identity-based policy/),
        mustNot: /undefined|\bon\s*[:;,.]/,
    },
    {
        name: "a key that may be in another region",
        source: `${github}/Droplr/aws-env/issues/29`,
        text: "panic: AccessDeniedException: The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access. (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException; Request ID: xxx)",
        says: all(/key/, /not exist/, /region/, /not allowed|may not|lets neither/),
    },
    {
        name: "event types that are all reserved words",
        source: `${github}/aws-samples/amazon-personalize-samples/issues/142`,
        text: "All values in the event_type column are either reserved keywords or null",
        says: all(/EVENT_TYPE/i, /reserved/, /null|empty/),
    },
    {
        name: "a redirect to the region of the bucket",
        source: `${github}/aws/aws-cli/issues/564`,
        text: "A client error (PermanentRedirect) occurred when calling the ListObjects operation: The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint: my.bucket.s3-ap-southeast-2.amazonaws.com",
        says: all(/my\.bucket/, /region/, /ap-southeast-2/),
    },
    {
        name: "an expired token",
        source: `${github}/SuperCowPowers/workbench/issues/165`,
        text: "botocore.exceptions.ClientError: An error occurred (ExpiredToken) when calling the ListObjectsV2 operation: The provided token has expired.",
        says: /expired/i,
        mustNot: /role policy|bucket policy/i,
    },
];
