package import JSON

extension Tenant {
  private static let givenNames = [
    "Ada", "Bela", "Chidi", "Dara", "Edda", "Farid", "Gita", "Hana", "Ines", "Jun", "Kofi", "Lena", "Mira", "Nilo",
    "Oona", "Pavel",
  ]
  private static let surnames = [
    "Keita", "Moreno", "Novak", "Okafor", "Petrov", "Quinn", "Rossi", "Sato", "Tamm", "Ueda", "Varga", "Weiss",
    "Yilmaz", "Zhou",
  ]
  private static let departments = ["Operations", "Platform", "Network", "Security"]
  private static let areaCodes = [
    201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 303, 304, 305,
  ]
  private static let languages = ["en-US", "de", "fr", "pt-BR"]

  /// The properties of the `number`-th sample user.
  package static func sampleProperties(_ number: Int) -> [String: JSONValue] {
    let givenName = givenNames[number % givenNames.count]
    let surname = surnames[number / givenNames.count % surnames.count]
    let name = "\(givenName.lowercased()).\(surname.lowercased()).\(number)"
    return [
      "userPrincipalName": .string("\(name)@contoso.example"), "mail": .string("\(name)@contoso.example"),
      "displayName": .string("\(givenName) \(surname)"), "givenName": .string(givenName), "surname": .string(surname),
      "mobilePhone": .string("+1 (\(areaCodes[number / 9000 % areaCodes.count])) 555-\(1000 + number % 9000)"),
      "department": .string(departments[number % departments.count]),
      "preferredLanguage": .string(languages[number % languages.count]), "jobTitle": "Engineer",
    ]
  }

  /// A tenant with so many users; the first `assigned` of them are assigned directly.
  package static func sample(users: Int, assigned: Int, seed: UInt64 = 1) -> Tenant {
    var tenant = Tenant(seed: seed)
    for number in 0..<users {
      let user = tenant.createUser(sampleProperties(number))
      if number < assigned { _ = tenant.assign(user.id, role: tenant.roles[0].id) }
    }
    return tenant
  }
}
