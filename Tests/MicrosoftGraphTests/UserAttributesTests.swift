import JSON
import MicrosoftGraph
import ProvisioningModel
import Testing
@testable import MicrosoftGraph

@Suite("Attributes of the mapping language and properties of Graph")
struct UserAttributesTests {
  private static let base = ["accountEnabled", "displayName", "id", "userPrincipalName", "userType"]

  @Test(
    "Only what is needed is selected, under Graph's names",
    arguments: [
      ([], [], false), (["department", "mail"], ["department", "mail"], false),
      (["extensionAttribute1", "extensionAttribute15"], ["onPremisesExtensionAttributes"], false),
      (["extensionAttribute16"], ["extensionAttribute16"], false),
      (
        ["physicalDeliveryOfficeName", "telephoneNumber", "mobile", "facsimileTelephoneNumber"],
        ["businessPhones", "faxNumber", "mobilePhone", "officeLocation"], false
      ),
      (["employeeOrgData.division", "employeeOrgData.costCenter"], ["employeeOrgData"], false),
      (["manager", "IsSoftDeleted", "appRoleAssignments", "objectId", "id", "originalUserPrincipalName"], [], true),
      (["a&b=c,d"], ["a%26b%3Dc%2Cd"], false),
    ] as [(Set<String>, [String], Bool)])
  func query(names: Set<String>, properties: [String], expandsManager: Bool) {
    let attributes = UserAttributes(names)
    let select = (properties + Self.base).sorted().joined(separator: ",")
    #expect(attributes.query == "$select=\(select)" + (expandsManager ? "&$expand=manager" : ""))
    #expect(attributes.trackedProperties == select + (expandsManager ? ",manager" : ""))
  }

  @Test("Values come back under the names that were asked for; null and unknown shapes are no values")
  func values() throws {
    let body = """
      {"id": "\(id(2).rawValue.uppercased())", "accountEnabled": false, "userPrincipalName": "a@b", "displayName": null,
       "userType": "Guest", "officeLocation": "L1", "businessPhones": ["+1 5550100", "2"], "mobilePhone": "3",
       "faxNumber": "4", "otherMails": ["x@y", 7], "proxyAddresses": [], "onPremisesSyncEnabled": true,
       "onPremisesExtensionAttributes": {"extensionAttribute3": "three", "extensionAttribute4": null},
       "employeeOrgData": {"division": "North"}, "logins": 12, "share": 0.5, "department": {"odd": 1},
       "notAskedFor": "x", "manager": {"@odata.type": "#microsoft.graph.user", "id": "\(id(3))"}}
      """
    let attributes = UserAttributes([
      "physicalDeliveryOfficeName", "officeLocation", "telephoneNumber", "businessPhones", "mobile",
      "facsimileTelephoneNumber", "otherMails", "proxyAddresses", "onPremisesSyncEnabled", "extensionAttribute3",
      "extensionAttribute4", "employeeOrgData.division", "employeeOrgData.costCenter", "logins", "share", "department",
      "manager", "originalUserPrincipalName", "accountEnabled",
    ])
    let user = try attributes.user(try JSON(parsing: Array(body.utf8)))
    #expect(user.id == id(2))
    #expect(!user.accountEnabled)
    #expect(user.manager == id(3))
    #expect(
      user.attributes == [
        "userPrincipalName": .text("a@b"), "originalUserPrincipalName": .text("a@b"), "userType": .text("Guest"),
        "physicalDeliveryOfficeName": .text("L1"), "officeLocation": .text("L1"),
        "telephoneNumber": .text("+1 5550100"), "businessPhones": .texts(["+1 5550100", "2"]), "mobile": .text("3"),
        "facsimileTelephoneNumber": .text("4"), "otherMails": .texts(["x@y"]), "onPremisesSyncEnabled": .boolean(true),
        "extensionAttribute3": .text("three"), "employeeOrgData.division": .text("North"), "logins": .integer(12),
        "share": .text("0.5"), "accountEnabled": .boolean(false),
      ])
  }

  @Test(
    "What every user has, and Graph does not show, may not be read: nothing is concluded of the user",
    arguments: [
      #"{"id":"x","userPrincipalName":"a@b"}"#, #"{"id":"x","accountEnabled":null,"userPrincipalName":"a@b"}"#,
      #"{"id":"x","accountEnabled":true}"#, #"{"id":"x","accountEnabled":true,"userPrincipalName":null}"#,
    ])
  func unreadable(body: String) throws {
    let json = try JSON(parsing: Array(body.utf8))
    let failure = #expect(throws: Failure.self) { try UserAttributes([]).user(json) }
    #expect(failure?.remedy == .escrow && failure?.code == .insufficientRights)
    #expect(failure?.advice.contains("User.Read.All") == true)
  }

  private static let whole: [String: String] = [
    "id": #""x""#, "accountEnabled": "true", "userPrincipalName": #""a@b""#, "userType": "null", "displayName": "null",
    "department": "null", "businessPhones": "[]", "onPremisesExtensionAttributes": "null", "employeeOrgData": "null",
  ]

  private static func body(without missing: String? = nil) throws -> JSON {
    let members = whole.filter { $0.key != missing }.map { "\"\($0.key)\": \($0.value)" }
    return try JSON(parsing: Array("{\(members.joined(separator: ", "))}".utf8))
  }

  private static let asked = UserAttributes([
    "displayName", "department", "telephoneNumber", "extensionAttribute3", "employeeOrgData.division", "manager",
    "extension_0123_badge",
  ])

  @Test("Null is no value: of each property that was asked for, and of extensions and the manager a missing one, too")
  func null() throws {
    let user = try Self.asked.user(try Self.body())
    #expect(user.attributes == ["userPrincipalName": .text("a@b")] && user.manager == nil)
  }

  @Test(
    "Missing is not null: of a user without a property that was asked for, nothing is concluded",
    arguments: [
      "displayName", "department", "businessPhones", "onPremisesExtensionAttributes", "employeeOrgData",
    ])
  func absent(property: String) throws {
    let body = try Self.body(without: property)
    let failure = #expect(throws: Failure.self) { try Self.asked.user(body) }
    #expect(failure?.code == .incompatibleAnswer && failure?.reason.contains(property) == true)
    #expect(throws: Never.self, "a delta query leaves out what was never set") {
      try Self.asked.user(body, isInDelta: true)
    }
  }

  @Test("So it is of a group", arguments: ["displayName", "mailNickname"])
  func absentOfGroup(property: String) throws {
    let attributes = GroupAttributes(["mailNickname"])
    let whole = ["displayName": "\"Staff\"", "mailNickname": "null"]
    func values(_ members: [String: String]) throws -> [String: AttributeValue] {
      let text = members.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ")
      return try attributes.values(try JSON(parsing: Array("{\"id\": \"x\", \(text)}".utf8)))
    }
    #expect(try values(whole) == ["displayName": .text("Staff")])
    #expect(throws: Failure.self) { try values(whole.filter { $0.key != property }) }
  }

  @Test("A user without id is a failure")
  func withoutID() throws {
    #expect(throws: Failure.self) { try UserAttributes([]).user(try JSON(parsing: Array("{}".utf8))) }
  }
}
