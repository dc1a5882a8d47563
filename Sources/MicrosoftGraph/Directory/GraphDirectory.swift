import HTTPTransport
import JSON
package import Provisioning

/// The enterprise application as the configuration names it.
package enum ApplicationName: Hashable, Sendable {
  case appID(String)
  case servicePrincipalID(String)
}

/// The port `Directory` on Microsoft Graph.
package struct GraphDirectory<C: Clock>: Directory where C.Duration == Duration {
  private let client: GraphClient<C>
  private let applicationName: ApplicationName
  private let attributes: UserAttributes
  private let reader: UserReader<C>
  private let pageSize: Int

  package init(
    _ client: GraphClient<C>, application: ApplicationName, attributes: UserAttributes, pageSize: Int = 999
  ) {
    self.client = client
    applicationName = application
    self.attributes = attributes
    self.pageSize = pageSize
    reader = UserReader(client, attributes)
  }

  package func application() async throws(Failure) -> Application {
    let (path, route, key) =
      switch applicationName {
      case .appID(let id):
        ("/servicePrincipals(appId='\(URLEncoding.pathSegment(id))')", "/servicePrincipals(appId='{appId}')", "appId")
      case .servicePrincipalID(let id):
        ("/servicePrincipals/\(URLEncoding.pathSegment(id))", "/servicePrincipals/{id}", "servicePrincipalId")
      }
    let answer = try await client.exchange(
      .get, "\(path)?$select=id,appId,displayName,appRoles,appRoleAssignmentRequired,accountEnabled", route: route)
    guard answer.status != 404 else {
      throw Failure(
        .quarantine, .applicationNotFound,
        "There is no enterprise application in the tenant with the configured directory.application.\(key).",
        advice:
          "Copy the id from Enterprise applications in Entra: appId is its Application ID, servicePrincipalId its Object ID.",
        exchange: Exchange(upstream: "graph", method: "GET", route: route, status: 404))
    }
    guard answer.isSuccess else {
      throw GraphFailure.refused(status: answer.status, headers: answer.headers, answer.json, .get, route)
    }
    guard let json = answer.json, let id = json["id"]?.string else {
      throw GraphFailure.unreadable("graph", .get, route, "it has no id")
    }
    let roles = (json["appRoles"].map { Array($0.elements) } ?? []).compactMap { role in
      role["id"]?.string.map {
        AppRole(id: ObjectID($0), value: role["value"]?.string, displayName: role["displayName"]?.string ?? "")
      }
    }
    return Application(id: ObjectID(id), displayName: json["displayName"]?.string ?? "", roles: roles)
  }

  package func assignments(to application: Application) async throws(Failure) -> [Assignment] {
    let route = "/servicePrincipals/{id}/appRoleAssignedTo"
    return try await client.list(
      "/servicePrincipals/\(application.id)/appRoleAssignedTo?$top=\(pageSize)", route: route
    ) {
      row throws(Failure) in
      guard let principal = row["principalId"]?.string, let role = row["appRoleId"]?.string else {
        throw GraphFailure.unreadable("graph", .get, route, "an assignment has no principalId or no appRoleId")
      }
      switch row["principalType"]?.string?.lowercased() {
      case "user": return Assignment(principal: ObjectID(principal), principalKind: .user, role: ObjectID(role))
      case "group": return Assignment(principal: ObjectID(principal), principalKind: .group, role: ObjectID(role))
      default: return nil
      }
    }
  }

  package func members(of group: ObjectID, transitively: Bool) async throws(Failure) -> Set<ObjectID> {
    let relation = transitively ? "transitiveMembers" : "members"
    let route = "/groups/{id}/\(relation)"
    let path = "/groups/\(group)/\(relation)?$top=\(pageSize)&$select=id"
    do throws(Failure) {
      let users = try await client.list(path, route: route) { row throws(Failure) -> ObjectID? in
        guard let id = row["id"]?.string else {
          throw GraphFailure.unreadable("graph", .get, route, "a member has no id")
        }
        let type = row["@odata.type"]?.string?.lowercased()
        return type == nil || type == "#microsoft.graph.user" ? ObjectID(id) : nil
      }
      return Set(users)
    } catch  where error.exchange?.status == 404 {
      // The assignment of a deleted group may outlive it. That the group is gone must be said twice, and in Graph's own words.
      guard try await isGone(group) else { throw error }
      return []
    }
  }

  private func isGone(_ group: ObjectID) async throws(Failure) -> Bool {
    let answer = try await client.exchange(.get, "/groups/\(group)?$select=id", route: "/groups/{id}")
    return answer.status == 404 && GraphFailure.errorCode(answer.json) != nil
  }

  package func user(_ id: ObjectID) async throws(Failure) -> UserObservation {
    try await reader.user(id)
  }

  package func userID(principalName: String) async throws(Failure) -> ObjectID? {
    let route = "/users/{userPrincipalName}"
    let answer = try await client.exchange(
      .get, "/users/\(URLEncoding.pathSegment(principalName))?$select=id", route: route)
    if answer.status == 404 { return nil }
    guard answer.isSuccess else {
      throw GraphFailure.refused(status: answer.status, headers: answer.headers, answer.json, .get, route)
    }
    return answer.json?["id"]?.string.map { ObjectID($0) }
  }

  // MARK: Changes

  package func changesFromNow(_ kind: ObjectKind) async throws(Failure) -> DeltaLink {
    // `$select` is what is tracked: a change of anything else does not surface (Graph reference, section 6).
    let select = kind == .user ? attributes.properties + (attributes.needsManager ? ",manager" : "") : "id,members"
    switch try await round(kind, from: "\(path(kind))?$deltatoken=latest&$select=\(select)") {
    case .changes(_, let next): return next
    case .resynchronize:
      throw GraphFailure.unreadable("graph", .get, path(kind), "a new delta link is refused as out of date")
    }
  }

  package func changes(_ kind: ObjectKind, since link: DeltaLink) async throws(Failure) -> DeltaRound {
    try await round(kind, from: link.url)
  }

  private func path(_ kind: ObjectKind) -> String {
    kind == .user ? "/users/delta" : "/groups/delta"
  }

  private func round(_ kind: ObjectKind, from start: String) async throws(Failure) -> DeltaRound {
    let route = path(kind)
    var changed: Set<ObjectID> = []
    var link = start
    var visited: Set<String> = []
    while true {
      guard visited.insert(link).inserted, visited.count <= 100_000 else {
        throw GraphFailure.unreadable("graph", .get, route, "its pages go in a circle")
      }
      let answer = try await client.exchange(.get, link, route: route)
      guard answer.isSuccess else {
        if GraphFailure.asksForResync(status: answer.status, answer.json) { return .resynchronize }
        throw GraphFailure.refused(status: answer.status, headers: answer.headers, answer.json, .get, route)
      }
      guard let page = answer.json, let values = page["value"], values.kind == .array else {
        throw GraphFailure.unreadable("graph", .get, route, "a page has no value")
      }
      // Removed or changed, once or often, with all properties or few: it is looked at.
      for value in values.elements {
        if let id = value["id"]?.string { changed.insert(ObjectID(id)) }
      }
      if let next = page["@odata.nextLink"]?.string {
        link = next
      } else if let next = page["@odata.deltaLink"]?.string {
        return .changes(changed, next: DeltaLink(next))
      } else {
        throw GraphFailure.unreadable("graph", .get, route, "a page has neither a nextLink nor a deltaLink")
      }
    }
  }
}
