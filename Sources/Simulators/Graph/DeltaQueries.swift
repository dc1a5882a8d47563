import JSON
import Synchronization

/// What a delta round may look like, as the tests want it; Graph promises none of it (docs/reference/microsoft-graph.md, "Delta queries").
package struct DeltaShape: Hashable, Sendable {
  /// Rows on a page; nil puts all on one.
  package var pageSize: Int?
  /// A page without rows comes before each page, and after the last.
  package var hasEmptyPages = false
  /// The rows of a page come again on the page after it, those of the last on the same.
  package var repeats = false
  /// Each round tells once more what the one before it told.
  package var replays = false
  /// Of a group with more members there are several rows, each with a slice of them.
  package var membersPerRow = 20

  package init() {}
}

extension GraphSimulator {
  func isDelta(_ request: SimulatedRequest) -> Bool {
    request.path.count == 2 && ["delta", "delta()", "microsoft.graph.delta()"].contains(request.path[1])
  }

  func delta(_ request: SimulatedRequest, _ kind: Tenant.Kind) -> SimulatedResponse {
    storage.withLock { storage in
      let link = "\(request.headers["host"].map { "http://\($0)" } ?? "")\(Self.root)/\(kind.rawValue)s/delta?"
      let now = storage.tenant.changes.count
      var start = DeltaToken(epoch: storage.deltaEpoch, end: now, select: request.query["$select"] ?? "")
      if request.query["$deltatoken"] == "latest" {
        start.since = now
        return SimulatedResponse(200, ["value": [], "@odata.deltaLink": .string(link + start.following.deltaQuery)])
      }
      if let text = request.query["$skiptoken"] {
        guard let token = DeltaToken(text), token.epoch == storage.deltaEpoch else {
          return .graphError(400, "Directory_ExpiredPageToken", "The specified page token value has expired.")
        }
        start = token
      } else if let text = request.query["$deltatoken"], !text.isEmpty {
        guard let token = DeltaToken(text), token.epoch == storage.deltaEpoch else {
          var answer = SimulatedResponse.graphError(410, "syncStateNotFound", "The delta token is too old.")
          answer.headers["Location"] = link + "$deltatoken="
          return answer
        }
        start = token
        start.end = now
      }
      let shape = storage.options.delta
      let begin = shape.replays ? start.before : start.since
      let isMinimal = request.headers["prefer"]?.contains("return=minimal") ?? false
      let rows = storage.tenant.rows(
        kind, begin..<max(begin, start.end), select: start.select, isMinimal: isMinimal, shape.membersPerRow)
      let pages = shape.pages(rows)
      var page: JSONValue = ["value": .array(pages.indices.contains(start.page) ? pages[start.page] : [])]
      if start.page + 1 < pages.count {
        page["@odata.nextLink"] = .string(link + start.nextPage.skipQuery)
      } else {
        page["@odata.deltaLink"] = .string(link + start.following.deltaQuery)
      }
      return SimulatedResponse(200, page)
    }
  }
}

extension DeltaShape {
  func pages(_ rows: [JSONValue]) -> [[JSONValue]] {
    let size = max(1, pageSize ?? rows.count)
    let chunks = stride(from: 0, to: rows.count, by: size).map { Array(rows[$0..<min($0 + size, rows.count)]) }
    var pages = chunks
    if repeats, let last = chunks.last {
      for index in chunks.indices.dropFirst() { pages[index] += chunks[index - 1] }
      pages[pages.count - 1] += last
    }
    return hasEmptyPages ? pages.flatMap { [[], $0] } + [[]] : pages
  }
}

/// Where a round begins and ends in the record of changes, which an epoch outdates, and what is tracked.
private struct DeltaToken {
  var epoch: Int
  var since = 0
  /// Where the round before began.
  var before = 0
  var end: Int
  var page = 0
  var select: String

  init(epoch: Int, end: Int, select: String) {
    self.epoch = epoch
    self.end = end
    self.select = select
  }

  init?(_ text: String) {
    let parts = text.split(separator: ".", maxSplits: 5, omittingEmptySubsequences: false)
    let numbers = parts.prefix(5).compactMap { Int($0) }
    guard parts.count == 6, numbers.count == 5, numbers.allSatisfy({ $0 >= 0 }) else { return nil }
    (epoch, since, before, end, page) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
    select = String(parts[5])
  }

  var nextPage: DeltaToken {
    var token = self
    token.page += 1
    return token
  }

  /// Of the round after this one.
  var following: DeltaToken {
    var token = self
    (token.before, token.since, token.page) = (since, end, 0)
    return token
  }

  private var text: String {
    PercentEncoding.text("\(epoch).\(since).\(before).\(end).\(page).\(select)")
  }

  var deltaQuery: String { "$deltatoken=" + text }
  var skipQuery: String { "$skiptoken=" + text }
}

extension Tenant {
  /// The rows of what changed in that part of the record, as far as it is selected.
  fileprivate func rows(
    _ kind: Kind, _ range: Range<Int>, select: String, isMinimal: Bool, _ membersPerRow: Int
  ) -> [JSONValue] {
    let selected = select.isEmpty ? nil : Set(select.split(separator: ",").map(String.init))
    return changed(kind, in: range).flatMap { id, extent -> [JSONValue] in
      guard let properties = users[id]?.properties ?? groups[id]?.properties else {
        let isRestorable = deleted[id] != nil || deletedGroups[id] != nil
        return [["id": .string(id), "@removed": ["reason": isRestorable ? "changed" : "deleted"]]]
      }
      if let selected, let names = extent.names, names.isDisjoint(with: selected) { return [] }
      func tells(_ name: String) -> Bool {
        (selected?.contains(name) ?? true) && (extent.names?.contains(name) ?? true)
      }
      var row: [String: JSONValue] = ["id": .string(id)]
      for (name, value) in properties where isMinimal ? tells(name) : selected?.contains(name) ?? true {
        row[name] = value
      }
      if kind == .user, tells("manager") { row["manager@delta"] = managerDelta(of: id) }
      guard kind == .group, tells("members") else { return [.object(row)] }
      let members = membersDelta(of: id, extent.members)
      guard !members.isEmpty else { return [.object(row)] }
      return stride(from: 0, to: members.count, by: membersPerRow).map { start in
        row["members@delta"] = .array(Array(members[start..<min(start + membersPerRow, members.count)]))
        return .object(row)
      }
    }
  }

  private func managerDelta(of user: String) -> JSONValue? {
    guard let manager = users[user]?.manager else { return nil }
    return [["@odata.type": "#microsoft.graph.user", "id": .string(manager)]]
  }

  /// - Parameter members: Those who came or left; nil for all who are there.
  private func membersDelta(of group: String, _ members: [String]?) -> [JSONValue] {
    let present = groups[group]?.members ?? []
    return (members ?? present).map { member in
      var row: JSONValue = [
        "@odata.type": groups[member] == nil ? "#microsoft.graph.user" : "#microsoft.graph.group",
        "id": .string(member),
      ]
      if !present.contains(member) { row["@removed"] = ["reason": "deleted"] }
      return row
    }
  }
}
