import HTTPTransport
import JSON
package import ProvisioningModel

// Members of groups.

extension GraphDirectory {
  package func members(of group: ObjectID, transitively: Bool) async throws(Failure) -> Set<ObjectID> {
    do throws(Failure) {
      return try await listedMembers(of: group, transitively)
    } catch  where error.exchange?.status == 404 {
      // The assignment of a deleted group may outlive it: no user is assigned through it any more. Before that is concluded, Graph must
      // say of the group itself, in its own words, that there is none.
      let answer = try await client.exchange(.get, "/groups/\(group)?$select=id", route: "/groups/{id}")
      guard answer.saysNotFound else { throw error }
      return []
    }
  }

  /// - Throws: Also when there is no such group.
  func listedMembers(of group: ObjectID, _ transitively: Bool) async throws(Failure) -> Set<ObjectID> {
    let route = Self.membersRoute(transitively)
    let users = try await client.list(membersPath(group, transitively), route: route) {
      row throws(Failure) in try Self.member(row, route)
    }
    return Set(users)
  }

  /// Small groups, which most are, twenty in a request; whichever has more pages or trouble is read by itself.
  package func members(
    of groups: Set<ObjectID>, transitively: Bool
  ) async throws(Failure) -> [ObjectID: Set<ObjectID>] {
    typealias Part = Result<[ObjectID: Set<ObjectID>], Failure>
    let all = groups.sorted()
    var starts = stride(from: 0, to: all.count, by: GraphBatch.maxItems).makeIterator()
    let parts = await withTaskGroup(of: Part.self) { tasks -> [Part] in
      func addNext() {
        guard let start = starts.next() else { return }
        let part = Array(all[start..<min(start + GraphBatch.maxItems, all.count)])
        tasks.addTask {
          do throws(Failure) { return .success(try await self.members(ofFew: part, transitively)) } catch {
            return .failure(error)
          }
        }
      }
      for _ in 0..<GraphBatch.maxUnderWay { addNext() }
      var parts: [Part] = []
      for await part in tasks {
        parts.append(part)
        // One that fails makes all of them useless.
        if case .success = part { addNext() }
      }
      return parts
    }
    var members: [ObjectID: Set<ObjectID>] = [:]
    for part in parts { members.merge(try part.get()) { _, new in new } }
    return members
  }

  private func members(
    ofFew groups: [ObjectID], _ transitively: Bool
  ) async throws(Failure) -> [ObjectID: Set<ObjectID>] {
    let route = Self.membersRoute(transitively)
    let answers =
      groups.count == 1 ? [nil] : try await client.batch(groups.map { membersPath($0, transitively) })
    var members: [ObjectID: Set<ObjectID>] = [:]
    for (group, answer) in zip(groups, answers) {
      if let answer, answer.isSuccess, let page = answer.json, page["@odata.nextLink"] == nil,
        let rows = page["value"], rows.kind == .array
      {
        var users: Set<ObjectID> = []
        for row in rows.elements {
          if let user = try Self.member(row, route) { users.insert(user) }
        }
        members[group] = users
      } else {
        members[group] = try await self.members(of: group, transitively: transitively)
      }
    }
    return members
  }

  private func membersPath(_ group: ObjectID, _ transitively: Bool) -> String {
    "/groups/\(group)/\(transitively ? "transitiveMembers" : "members")?$top=\(pageSize)&$select=id"
  }

  private static func membersRoute(_ transitively: Bool) -> String {
    "/groups/{id}/\(transitively ? "transitiveMembers" : "members")"
  }

  /// - Returns: Nil for a member that is no user.
  private static func member(_ row: JSON, _ route: String) throws(Failure) -> ObjectID? {
    guard let id = row["id"]?.string else {
      throw GraphFailure.unreadable("graph", .get, route, "a member has no id")
    }
    let type = row["@odata.type"]?.string?.lowercased()
    return type == nil || type == "#microsoft.graph.user" ? ObjectID(id) : nil
  }
}
