/**
 * Requests and responses, copied only from the vendor's documentation. The tests compare the client with these bytes, so none of
 * them may be encoded with the client's schemas.
 */

export const groupId = "01g90279gp5sbmfek7wymcsvec"

export const groupJson = `{
  "id": "01g90279gp5sbmfek7wymcsvec",
  "name": "Financial Markets",
  "learningEventUrl": "https://www.coursera.org/learn/financial-markets-global",
  "certificateDesignId": "01fpwtztwf7sacca5r0c483mnm",
  "badgeDesignId": "01hz2ej4yzdcfkq9fa78nhyj0x",
  "createdAt": "2022-01-01T00:00:00.000Z",
  "updatedAt": "2022-01-01T00:00:00.000Z"
}`

/** The error table: five of the rows are on the page, the others in the rest of the vendor's documentation. */
export const errors = [
  {
    status: 400,
    body: `{"error":{"code":"missing_version","message":"The request is missing the required Certifier-Version header"}}`,
    tag: "CertifierMissingVersion",
    outcome: "NotApplied",
    retryable: false
  },
  {
    status: 400,
    body: `{"error":{"code":"invalid_version","message":"The version is unknown"}}`,
    tag: "CertifierInvalidVersion",
    outcome: "NotApplied",
    retryable: false
  },
  {
    status: 400,
    body: `{"error":{"code":"invalid_json","message":"The body is not JSON"}}`,
    tag: "CertifierInvalidJson",
    outcome: "NotApplied",
    retryable: false
  },
  {
    status: 400,
    body: `{"error":{"code":"validation_error","message":"name is too long"}}`,
    tag: "CertifierValidationError",
    outcome: "NotApplied",
    retryable: false
  },
  {
    status: 401,
    body: `{"error":{"code":"unauthorized","message":"A valid authentication token was not provided with the request"}}`,
    tag: "CertifierUnauthorized",
    outcome: "NotApplied",
    retryable: false
  },
  {
    status: 402,
    body: `{"error":{"code":"payment_required","message":"The plan does not include this"}}`,
    tag: "CertifierPaymentRequired",
    outcome: "NotApplied",
    retryable: false
  },
  {
    status: 403,
    body: `{"error":{"code":"forbidden","message":"Access is refused"}}`,
    tag: "CertifierForbidden",
    outcome: "NotApplied",
    retryable: false
  },
  {
    status: 404,
    body: `{"error":{"code":"not_found","message":"The requested resource does not exist"}}`,
    tag: "CertifierNotFound",
    outcome: "NotApplied",
    retryable: false
  },
  {
    status: 409,
    body: `{"error":{"code":"conflict","message":"The data collides"}}`,
    tag: "CertifierConflict",
    outcome: "NotApplied",
    retryable: false
  },
  {
    status: 429,
    body: `{"error":{"code":"rate_limited","message":"You have exceeded the rate limit"}}`,
    tag: "CertifierRateLimited",
    outcome: "NotApplied",
    retryable: true
  },
  {
    status: 500,
    body: `{"error":{"code":"internal_server_error","message":"There was a problem on Certifier's end"}}`,
    tag: "CertifierInternalServerError",
    outcome: "MaybeApplied",
    retryable: true
  }
] as const
