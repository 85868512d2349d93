/** Every way a call of the Service Management API can be wrong, by apisonator's codes and one of our own, the last. */
export type TrafficErrorCode =
  | "bad_request" | "not_valid_data" | "content_type_invalid" | "provider_key_or_service_token_required" | "service_id_missing"
  | "service_token_invalid" | "provider_key_invalid" | "end_users_no_longer_supported" | "authentication_error" | "user_key_invalid"
  | "application_not_found" | "metric_invalid" | "usage_value_invalid" | "transactions_is_blank" | "transactions_format_invalid"
  | "transactions_has_nil_transaction" | "transaction_timestamp_too_old" | "transaction_timestamp_too_new" | "idempotency_key_reused";

/** A call that is not judged because it is wrong in itself. Its message is 3scale's, and safe to send back to who called. */
export class TrafficError extends Error {
  override readonly name = "TrafficError";
  readonly code: TrafficErrorCode;
  constructor(code: TrafficErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
