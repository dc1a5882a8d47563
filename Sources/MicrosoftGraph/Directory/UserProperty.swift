/// The properties of a user in Graph v1.0, for configurations to be checked against (docs/reference/microsoft-graph.md, "User properties").
package enum UserProperty {
  package enum Kind: Hashable, Sendable {
    case text, boolean, date
    /// Several values.
    case list
    /// An object with properties of its own, which are named `object.property`.
    case object
    /// Made by the service from something else than one property.
    case computed
  }

  /// - Returns: Nil for what no user has. Directory and schema extensions are taken for text: only the tenant knows them.
  package static func kind(of attribute: String) -> Kind? {
    if let kind = kinds[attribute] { return kind }
    if isExtension(attribute) { return .text }
    let parts = attribute.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, !parts.contains(""), kinds[String(parts[0])] == .object else { return nil }
    return .text
  }

  /// Whether it is a directory or schema extension: Graph leaves those out that have no value.
  static func isExtension(_ attribute: String) -> Bool { attribute.contains("_") }

  /// Every name that `kind(of:)` knows, extensions aside.
  package static var names: some Sequence<String> { kinds.keys }

  private static let kinds: [String: Kind] = {
    var kinds: [String: Kind] = [:]
    for (kind, names) in table {
      for name in names { kinds[name] = kind }
    }
    for number in 1...15 { kinds["extensionAttribute\(number)"] = .text }
    return kinds
  }()

  private static let table: [(Kind, [String])] = [
    (
      .text,
      [
        "aboutMe", "ageGroup", "city", "companyName", "consentProvidedForMinor", "country", "creationType",
        "department", "displayName", "employeeId", "employeeType", "externalUserState", "faxNumber", "givenName", "id",
        "jobTitle",
        "legalAgeGroupClassification", "mail", "mailNickname", "mobilePhone", "mySite", "officeLocation",
        "onPremisesDistinguishedName", "onPremisesDomainName", "onPremisesImmutableId", "onPremisesSamAccountName",
        "onPremisesSecurityIdentifier", "onPremisesUserPrincipalName", "passwordPolicies", "postalCode",
        "preferredDataLocation", "preferredLanguage", "preferredName", "securityIdentifier", "state", "streetAddress",
        "surname", "usageLocation", "userPrincipalName", "userType",
        // Entra's own names in mappings.
        "facsimileTelephoneNumber", "mobile", "objectId", "originalUserPrincipalName", "physicalDeliveryOfficeName",
        "telephoneNumber",
      ]
    ),
    (
      .boolean,
      ["accountEnabled", "isManagementRestricted", "isResourceAccount", "onPremisesSyncEnabled", "showInAddressList"]
    ),
    (
      .date,
      [
        "birthday", "createdDateTime", "deletedDateTime", "employeeHireDate", "employeeLeaveDateTime",
        "externalUserStateChangeDateTime", "hireDate", "lastPasswordChangeDateTime", "onPremisesLastSyncDateTime",
        "refreshTokensValidFromDateTime", "signInSessionsValidFromDateTime",
      ]
    ),
    (
      .list,
      [
        "assignedLicenses", "assignedPlans", "businessPhones", "identities", "imAddresses", "interests",
        "licenseAssignmentStates", "onPremisesProvisioningErrors", "otherMails", "pastProjects", "provisionedPlans",
        "proxyAddresses", "responsibilities", "schools", "serviceProvisioningErrors", "skills",
      ]
    ),
    (
      .object,
      [
        "authorizationInfo", "customSecurityAttributes", "employeeOrgData", "mailboxSettings",
        "onPremisesExtensionAttributes", "passwordProfile", "signInActivity",
      ]
    ),
    (.computed, ["IsSoftDeleted", "appRoleAssignments", "manager"]),
  ]
}
