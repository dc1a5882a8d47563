import HTTPTransport
import JSON
import ProvisioningModel

/// How a walk along `@odata.nextLink` ended.
enum PageWalk: Sendable {
  /// At the page without a further link, which is given.
  case complete(last: JSON)
  /// At an answer that is no page. The first request was refused, or a later one.
  case refused(GraphAnswer, atStart: Bool)
  /// At a page beyond those that were allowed.
  case tooLong
}

extension GraphClient {
  /// Beyond any tenant; it bounds what a server that links without end can cost.
  private static var maxPages: Int { 10_000 }
  private static var maxRestarts: Int { 5 }

  /// Reads a list to its end; begins anew when Graph has forgotten the place.
  /// - Returns: What `transform` makes of the rows; nil leaves a row out.
  /// - Throws: When any page could not be read: part of a list is never returned.
  func list<Row: Sendable>(
    _ url: String, route: String, _ transform: (JSON) throws(Failure) -> Row?
  ) async throws(Failure) -> [Row] {
    var restarts = 0
    while true {
      var rows: [Row] = []
      let walk = try await walk(from: url, route: route) { values throws(Failure) in
        for value in values.elements {
          if let row = try transform(value) { rows.append(row) }
        }
      }
      switch walk {
      case .complete: return rows
      case .refused(let answer, _) where answer.saysExpiredPage && restarts < Self.maxRestarts: restarts += 1
      case .refused(let answer, _): throw GraphFailure.refused(answer, .get, route)
      case .tooLong: throw GraphFailure.unreadable("graph", .get, route, "its pages never end")
      }
    }
  }

  /// Follows a delta link, or the first request of a round, to its end.
  /// - Parameter isWanted: Whether an object is to be among the ids; all are unless told otherwise. Removed or changed, once or often, with
  ///   all properties or few: it is looked at.
  /// - Returns: The ids of objects on the way, those whose last mention says that they were deleted for good, and the next link; nil when
  ///   everything has to be looked at anew.
  func deltaRound(
    from start: String, route: String, atMost pages: Int? = nil,
    where isWanted: (JSON) throws(Failure) -> Bool = { _ in true }
  ) async throws(Failure) -> (changed: Set<ObjectID>, deleted: Set<ObjectID>, next: String)? {
    var restarts = 0
    while true {
      var changed: Set<ObjectID> = []
      var deleted: Set<ObjectID> = []
      let walk = try await walk(from: start, route: route, atMost: pages) { values throws(Failure) in
        for value in values.elements {
          guard let id = value["id"]?.string.map({ ObjectID($0) }), try isWanted(value) else { continue }
          changed.insert(id)
          if value["@removed"]?["reason"]?.string == "deleted" { deleted.insert(id) } else { deleted.remove(id) }
        }
      }
      switch walk {
      case .complete(let last):
        guard let next = last["@odata.deltaLink"]?.string else {
          throw GraphFailure.unreadable("graph", .get, route, "its last page has no deltaLink")
        }
        return (changed, deleted, next)
      case .tooLong: return nil
      case .refused(let answer, _) where answer.asksForResync: return nil
      case .refused(let answer, _) where answer.saysExpiredPage && restarts < Self.maxRestarts: restarts += 1
      case .refused(let answer, let atStart):
        // How Graph names a link that it does not take any more is not settled. A link is sent as it was given: when Graph finds
        // fault with it, it will next time, too.
        if atStart, [400, 404].contains(answer.status), answer.errorCode != nil, !start.hasPrefix("/") { return nil }
        throw GraphFailure.refused(answer, .get, route)
      }
    }
  }

  /// - Parameter visit: Is given the `value` of each page.
  private func walk(
    from url: String, route: String, atMost pages: Int? = nil, _ visit: (JSON) throws(Failure) -> Void
  ) async throws(Failure) -> PageWalk {
    var visited: Set<String> = []
    var link = url
    while true {
      if let pages, visited.count >= pages { return .tooLong }
      guard visited.insert(link).inserted, visited.count <= Self.maxPages else {
        throw GraphFailure.unreadable("graph", .get, route, "its pages go in a circle, or never end")
      }
      let answer = try await exchange(.get, link, route: route)
      guard answer.isSuccess else { return .refused(answer, atStart: visited.count == 1) }
      guard let page = answer.json, let values = page["value"], values.kind == .array else {
        throw GraphFailure.unreadable("graph", .get, route, "a page has no value")
      }
      try visit(values)
      guard let next = page["@odata.nextLink"]?.string else { return .complete(last: page) }
      link = next
    }
  }
}
