import JSON
import ProvisioningModel
import Testing
@testable import MicrosoftGraph

@Suite("What a refusal of the token endpoint means")
struct TokenFailureTests {
  private func failure(
    _ status: Int, _ error: String, _ numbers: [Int64], retryAfter: Duration? = nil
  ) throws -> Failure {
    let body: JSONValue = [
      "error": .string(error), "error_description": "AADSTS: for user Ada",
      "error_codes": .array(numbers.map { .integer($0) }), "trace_id": "7f3a",
    ]
    return TokenFailure.refused(
      status: status, try JSON(parsing: body.serialized()), retryAfter: retryAfter,
      route: "/{tenant}/oauth2/v2.0/token")
  }

  @Test(
    "What a person has to mend stops the job and says what to do",
    arguments: [
      (401, "invalid_client", 7_000_215, "clientSecretFile"), (401, "invalid_client", 7_000_222, "new secret"),
      (400, "unauthorized_client", 700_016, "clientId"), (400, "unauthorized_client", 700_038, "clientId"),
      (400, "invalid_resource", 500_011, "graphUrl"), (400, "invalid_scope", 70_011, "graphUrl"),
      (400, "invalid_scope", 1_002_012, "graphUrl"), (400, "invalid_request", 90_002, "tenantId"),
      (400, "invalid_request", 900_023, "tenantId"), (401, "invalid_client", 700_027, "certificate"),
      (401, "invalid_client", 700_024, "clock"), (401, "invalid_client", 700_213, "federated credential"),
      (400, "unsupported_grant_type", 70_003, "authorityUrl"), (400, "invalid_request", 900_144, "credential"),
      (400, "interaction_required", 53_003, "credential"),
    ])
  func quarantine(status: Int, error: String, number: Int64, advice: String) throws {
    let failure = try failure(status, error, [number])
    #expect(failure.remedy == .quarantine)
    #expect(failure.code == .credentialValidation)
    #expect(failure.advice.contains(advice))
    #expect(failure.exchange?.message == "\(error), AADSTS\(number), trace_id 7f3a")
    #expect(!"\(failure)".contains("Ada"), "the description is not repeated")
  }

  @Test(
    "What passes is tried again",
    arguments: [
      (400, 50_196), (400, 90_055), (400, 90_006), (400, 90_012), (400, 90_024), (400, 90_033), (400, 90_090),
    ])
  func transient(status: Int, number: Int64) throws {
    #expect(try failure(status, "temporarily_unavailable", [number]).remedy == .retry(after: nil))
  }

  @Test("So is every 429 and 5xx, also without a body", arguments: [429, 500, 502, 503, 504])
  func transientStatus(status: Int) {
    #expect(
      TokenFailure.refused(status: status, nil, retryAfter: .seconds(9), route: "").remedy
        == .retry(after: .seconds(9)))
  }
}
