import JSON
import Simulators
import Testing

@Suite struct GraphGroupTests {
  @Test func aGroupIsMadeReadAndDeleted() async throws {
    try await GraphRig.run { rig async throws in
      let created = await rig.send("POST", "/groups", ["displayName": "On call"])
      #expect(created.status == 201)
      let id = try #require(created.json?.id)
      #expect(try await rig.get("/groups/\(id.uppercased())?$select=displayName")["displayName"]?.string == "On call")
      #expect(await rig.send("DELETE", "/groups/\(id)").status == 204)
      for path in ["", "/members", "/transitiveMembers"] {
        #expect(await rig.send("GET", "/groups/\(id)\(path)").errorCode == "Request_ResourceNotFound")
      }
    }
  }

  @Test func membersComeWithTheirTypesDirectOrAlsoThroughGroups() async throws {
    try await GraphRig.run(users: 2) { rig async throws in
      let (outer, inner) = rig.graph.change { tenant in
        let groups = (tenant.createGroup("Outer").id, tenant.createGroup("Inner").id)
        tenant.addMember(rig.users[0], to: groups.0)
        tenant.addMember(groups.1, to: groups.0)
        tenant.addMember(rig.users[1], to: groups.1)
        tenant.addMember(groups.0, to: groups.1)
        return groups
      }
      let direct = try await rig.get("/groups/\(outer)/members?$select=id").rows
      #expect(direct.compactMap(\.id) == [rig.users[0], inner])
      #expect(direct.map { $0["@odata.type"]?.string } == ["#microsoft.graph.user", "#microsoft.graph.group"])
      let all = try await rig.get("/groups/\(outer)/transitiveMembers")
      #expect(Set(all.ids) == Set(rig.users + [inner]))
    }
  }

  @Test func membersAreAddedAndRemoved() async throws {
    try await GraphRig.run(users: 2) { rig async throws in
      let group = rig.graph.change { $0.createGroup("On call").id }
      for user in rig.users {
        let reference = JSONValue.reference(user.uppercased())
        #expect(await rig.send("POST", "/groups/\(group)/members/$ref", reference).status == 204)
      }
      #expect(try await rig.get("/groups/\(group)/members").ids == rig.users)
      #expect(await rig.send("DELETE", "/groups/\(group)/members/\(rig.users[0])/$ref").status == 204)
      #expect(try await rig.get("/groups/\(group)/members").ids == [rig.users[1]])
      #expect(await rig.send("DELETE", "/groups/\(group)/members/\(rig.users[0])/$ref").status == 404)
    }
  }

  @Test func whoIsUnknownCannotBecomeAMember() async throws {
    try await GraphRig.run { rig async throws in
      let group = rig.graph.change { $0.createGroup("On call").id }
      #expect(await rig.send("POST", "/groups/\(group)/members/$ref", .reference("nobody")).status == 404)
      #expect(await rig.send("POST", "/groups/\(group)/members/$ref", [:]).status == 400)
      #expect(rig.graph.tenant.groups[group]?.members == [])
    }
  }
}

@Suite struct GraphApplicationTests {
  @Test func theApplicationIsFoundByBothIDsAndNamesItsRoles() async throws {
    try await GraphRig.run { rig async throws in
      let application = rig.graph.tenant.applicationID
      for path in [rig.application, "/servicePrincipals(appId='\(application)')"] {
        let answer = try await rig.get(path + "?$select=id,appId,displayName,appRoles")
        #expect(answer.id == rig.graph.tenant.servicePrincipalID)
        #expect(answer["appId"]?.string == application)
        let roles = try #require(answer["appRoles"]).elements.compactMap(\.id)
        #expect(Array(roles) == rig.graph.tenant.roles.map(\.id))
      }
      #expect(await rig.send("GET", "/servicePrincipals(appId='nothing')").status == 404)
      #expect(await rig.send("GET", "/servicePrincipals/nothing/appRoleAssignedTo").status == 404)
    }
  }

  @Test(arguments: [true, false])
  func usersAndGroupsAreAssignedAndUnassigned(isGroup: Bool) async throws {
    try await GraphRig.run(users: 1) { rig async throws in
      let principal = isGroup ? rig.graph.change { $0.createGroup("On call").id } : rig.users[0]
      let path = rig.application + "/appRoleAssignedTo"
      let body: JSONValue = [
        "principalId": .string(principal.uppercased()), "appRoleId": .string(rig.role),
        "resourceId": .string(rig.graph.tenant.servicePrincipalID),
      ]
      let created = await rig.send("POST", path, body)
      #expect(created.status == 201)
      let rows = try await rig.get(path + "?$top=999").rows
      #expect(rows.count == 1)
      #expect(rows.first?["principalId"]?.string == principal)
      #expect(rows.first?["principalType"]?.string == (isGroup ? "Group" : "User"))
      #expect(rows.first?["appRoleId"]?.string == rig.role)
      let id = try #require(created.json?.id)
      #expect(await rig.send("DELETE", "\(path)/\(id)").status == 204)
      #expect(try await rig.get(path).rows.isEmpty)
      #expect(await rig.send("DELETE", "\(path)/\(id)").status == 404)
    }
  }

  @Test(arguments: [
    (principal: "user", role: "role", status: 201), (principal: "user", role: Tenant.defaultAccess, status: 201),
    (principal: "nobody", role: "role", status: 404), (principal: "user", role: "no role", status: 400),
  ])
  func onlyWhatExistsCanBeAssigned(principal: String, role: String, status: Int) async throws {
    try await GraphRig.run(users: 1) { rig async throws in
      let body: JSONValue = [
        "principalId": .string(principal == "user" ? rig.users[0] : principal),
        "appRoleId": .string(role == "role" ? rig.role : role),
      ]
      #expect(await rig.send("POST", rig.application + "/appRoleAssignedTo", body).status == status)
      #expect(rig.graph.tenant.assignments.count == (status == 201 ? 1 : 0))
    }
  }
}
