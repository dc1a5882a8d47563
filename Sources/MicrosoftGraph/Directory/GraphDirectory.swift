import HTTPTransport
import JSON
package import ProvisioningModel

/// The enterprise application as the configuration names it.
package enum ApplicationName: Hashable, Sendable {
  case appID(String)
  case servicePrincipalID(String)
}

/// The port `Directory` on Microsoft Graph.
package struct GraphDirectory<C: Clock>: Directory where C.Duration == Duration {
  let client: GraphClient<C>
  private let applicationName: ApplicationName
  private let attributes: UserAttributes
  let groupAttributes: GroupAttributes
  private let reader: UserReader<C>
  let pageSize: Int

  package init(
    _ client: GraphClient<C>, application: ApplicationName, attributes: UserAttributes,
    groupAttributes: GroupAttributes = .init([]), pageSize: Int = 999
  ) {
    self.client = client
    applicationName = application
    self.attributes = attributes
    self.groupAttributes = groupAttributes
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
    guard !answer.saysNotFound else {
      throw Failure(
        .quarantine, .applicationNotFound,
        "There is no enterprise application in the tenant with the configured directory.application.\(key).",
        advice:
          "Copy the id from Enterprise applications in Entra: appId is its Application ID, servicePrincipalId its Object ID.",
        exchange: Exchange(upstream: "graph", method: "GET", route: route, status: 404))
    }
    guard answer.isSuccess else { throw GraphFailure.refused(answer, .get, route) }
    guard let json = answer.json, let id = json["id"]?.string else {
      throw GraphFailure.unreadable("graph", .get, route, "it has no id")
    }
    // Without them every user would seem to have lost every role.
    guard let appRoles = json["appRoles"], appRoles.kind == .array else {
      throw GraphFailure.unreadable("graph", .get, route, "it has no appRoles")
    }
    var roles: [AppRole] = []
    for role in appRoles.elements {
      guard let id = role["id"]?.string else {
        throw GraphFailure.unreadable("graph", .get, route, "an appRole has no id")
      }
      roles.append(
        AppRole(
          id: ObjectID(id), value: try role.selected("value", route).string,
          displayName: try role.selected("displayName", route).string ?? ""))
    }
    return Application(
      id: ObjectID(id), displayName: try json.selected("displayName", route).string ?? "", roles: roles,
      tenant: await client.tenantID)
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
      case "serviceprincipal": return nil
      default:
        throw GraphFailure.unreadable(
          "graph", .get, route,
          "an assignment has no principalType, or one that is neither user, group nor service principal")
      }
    }
  }

  package func allUsers(
    where isWanted: @Sendable (DirectoryUser) -> Bool
  ) async throws(Failure) -> Set<ObjectID> {
    // The first round of a delta query lists everybody, in larger pages than a plain listing gives.
    let route = "/users/delta"
    let round = try await client.deltaRound(from: "\(route)?$select=\(attributes.properties)", route: route) {
      row throws(Failure) in
      guard row["@removed"] == nil else { return false }
      // One that cannot be read is looked at by itself, and fails by itself.
      guard let user = try? attributes.user(row, isInDelta: true) else { return true }
      return isWanted(user)
    }
    guard let round else {
      throw GraphFailure.unreadable("graph", .get, route, "a listing from the start is refused as out of date")
    }
    return round.changed
  }

  package func user(_ id: ObjectID) async throws(Failure) -> UserObservation {
    try await reader.user(id)
  }

  package func users(_ ids: [ObjectID]) async throws(Failure) -> [ObjectID: DirectoryUser] {
    try await reader.users(ids)
  }

  package func userID(principalName: String) async throws(Failure) -> ObjectID? {
    let route = "/users/{userPrincipalName}"
    let answer = try await client.exchange(
      .get, "/users/\(URLEncoding.pathSegment(principalName))?$select=id", route: route)
    if answer.saysNotFound { return nil }
    guard answer.isSuccess else { throw GraphFailure.refused(answer, .get, route) }
    guard let id = answer.json?["id"]?.string else {
      throw GraphFailure.unreadable("graph", .get, route, "it has no id")
    }
    return ObjectID(id)
  }

  // MARK: Changes

  package func changesFromNow(_ kind: ObjectKind) async throws(Failure) -> DeltaLink {
    // `$select` is what is tracked: a change of anything else does not surface (docs/reference/microsoft-graph.md, "Delta queries").
    let select = kind == .user ? attributes.trackedProperties : groupAttributes.trackedProperties
    let route = route(kind)
    guard
      let (_, _, next) = try await client.deltaRound(
        from: "\(route)?$deltatoken=latest&$select=\(select)", route: route)
    else { throw GraphFailure.unreadable("graph", .get, route, "a new delta link is refused as out of date") }
    return DeltaLink(next)
  }

  package func changes(_ kind: ObjectKind, since link: DeltaLink) async throws(Failure) -> DeltaRound {
    // A link of another cloud, from before the configuration was changed.
    guard client.isOnHost(link.url) else { return .resynchronize }
    guard let (changed, deleted, next) = try await client.deltaRound(from: link.url, route: route(kind)) else {
      return .resynchronize
    }
    return .changes(changed, deleted: deleted, next: DeltaLink(next))
  }

  package func changes(
    _ kind: ObjectKind, since link: DeltaLink, atMost pages: Int
  ) async throws(Failure) -> DeltaRound? {
    guard client.isOnHost(link.url),
      let (changed, deleted, next) = try await client.deltaRound(from: link.url, route: route(kind), atMost: pages)
    else { return nil }
    return .changes(changed, deleted: deleted, next: DeltaLink(next))
  }

  private func route(_ kind: ObjectKind) -> String {
    kind == .user ? "/users/delta" : "/groups/delta"
  }
}
