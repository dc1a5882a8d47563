import HTTPTransport
import JSON

/// What Graph said to one request, or to one item of a batch.
struct GraphAnswer: Sendable {
  var status: Int
  /// Nil for a body that is empty or not JSON.
  var json: JSON?
  /// How long Graph asked to wait.
  var retryAfter: Duration?
  /// What Microsoft's support asks for.
  var requestID: String?

  var isSuccess: Bool { (200...299).contains(status) }

  /// Graph's code for an error, for people and logs too; it names no person.
  var errorCode: String? {
    json?["error"]?["code"]?.string.flatMap { $0.isEmpty ? nil : String($0.prefix(100)) }
  }

  /// Whether Graph itself says that the object does not exist. A bare 404 may come from a proxy or a wrong address: nothing may be
  /// concluded from it, least of all that a user is gone.
  var saysNotFound: Bool {
    status == 404 && hasCode(["request_resourcenotfound", "resourcenotfound", "itemnotfound"])
  }

  /// Graph has forgotten the place in a list; the list has to be read from its start (docs/reference/microsoft-graph.md, "Lists and
  /// pages").
  var saysExpiredPage: Bool {
    status == 400 && hasCode(["directory_expiredpagetoken"])
  }

  /// Whether a delta link is no longer of use: 410, or a 4xx with one of the codes, also nested (docs/reference/microsoft-graph.md,
  /// "Delta queries").
  var asksForResync: Bool {
    if status == 410 { return true }
    guard (400...499).contains(status), let error = json?["error"] else { return false }
    let codes = [error, error["innerError"], error["innererror"]].compactMap { $0?["code"]?.string?.lowercased() }
    return codes.contains { ["syncstatenotfound", "resyncrequired", "resyncapplydifferences"].contains($0) }
  }

  private func hasCode(_ codes: Set<String>) -> Bool {
    errorCode.map { codes.contains($0.lowercased()) } ?? false
  }
}
