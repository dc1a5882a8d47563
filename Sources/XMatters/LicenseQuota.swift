import HTTPTransport
import JSON
import ProvisioningModel

// How xMatters says that no licence is left is not settled (docs/reference/xmatters-api.md, "Licences"), nor are statuses told apart by
// text: after a refusal it is asked.

extension XMattersTarget {
  /// Why a create was refused, when it was because no licence of the kind is left; otherwise the failure as it is.
  func explained(_ failure: Failure, licenseType: String?) async throws(Failure) -> Failure {
    guard failure.remedy == .escrow, failure.code != .conflict else { return failure }
    let kind = licenseType == "STAKEHOLDER_USER" ? "stakeholderUsers" : "fullUsers"
    guard let unused = try await unusedLicenses(kind), unused <= 0 else { return failure }
    var failure = failure
    failure.code = .licenseLimitExceeded
    failure.reason += " No licence is left for another person (\(kind))."
    failure.advice =
      "Free licences in xMatters, or get more of them. It is tried again by itself, at growing intervals."
    return failure
  }

  /// - Returns: Nil when xMatters does not say.
  private func unusedLicenses(_ kind: String) async throws(Failure) -> Int64? {
    let route = "/people/license-quotas"
    do throws(Failure) {
      return try await client.get(route, route: route).json(.get, route)[kind]?["unused"]?.integer
    } catch {
      if error.remedy == .cancelled { throw error }
      return nil
    }
  }
}
