import HTTPTypes
import JSON
import ProvisioningModel

/// `/api/v1/provisioning`: the provisioning log. Its entries name people; they go to holders of a token and nowhere else.
struct ProvisioningResource: Sendable {
  let state: any State
  let identity: JobIdentity

  func list(_ request: AdminRequest) async throws -> Answer {
    let query = request.query
    try query.allow("status", "action", "objectId", "search", "since", "until", "cycleId", "top", "skipToken")
    let page = try await state.log(
      ProvisioningLogQuery(
        status: try query.choice("status", of: ProvisioningLogEntry.Status.self),
        action: try query.choice("action", of: ProvisioningLogEntry.Action.self),
        objectID: try query.text("objectId").map { ObjectID($0) }, cycleID: try query.text("cycleId"),
        search: try query.text("search"), since: try query.time("since"), until: try query.time("until"),
        after: try query.text("skipToken").map { text throws(Refusal) in try .init(skipToken: text) },
        limit: try query.top))
    let link = page.next.map { query.nextLink(request.path, skipToken: $0.skipToken) }
    if request.prefersCSV { return csv(page.entries, link) }
    return .page(page.entries.map { $0.summary(identity) }, nextLink: link)
  }

  private func csv(_ entries: [ProvisioningLogEntry], _ nextLink: String?) -> Answer {
    var answer = Answer.text(ProvisioningLogCSV.text(entries), "text/csv; charset=utf-8; header=present")
    answer.headers[.contentDisposition] = #"attachment; filename="provisioning.csv""#
    if let nextLink { answer.headers[named: "Link"] = "<\(nextLink)>; rel=\"next\"" }
    return answer
  }
}

extension QueryItems {
  /// How many items a page has.
  var top: Int {
    get throws(Refusal) { try integer("top", in: 1...1000) ?? 1000 }
  }
}

extension Answer {
  static func page(_ items: [JSONValue], nextLink: String?) -> Answer {
    var body: JSONValue = ["value": .array(items)]
    if let nextLink { body["nextLink"] = .string(nextLink) }
    return .json(body)
  }
}

extension ProvisioningLogPage.Position {
  var skipToken: String { "\(time.milliseconds)-\(sequence)" }

  init(skipToken: String) throws(Refusal) {
    let parts = skipToken.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let time = Int64(parts[0]), let sequence = Int64(parts[1]), skipToken.first != "+" else {
      throw .badRequest("'skipToken' must come from the nextLink of a page.")
    }
    self.init(time: Timestamp(milliseconds: time), sequence: sequence)
  }
}
