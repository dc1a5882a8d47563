extension Value.AppRole {
  /// The role as an entry of SCIM's `roles`, as AppRoleAssignmentsComplex sends it.
  var scimEntry: String {
    let display = quoted(displayName ?? value ?? "")
    let value = quoted(value ?? displayName ?? "")
    return #"{"primary":false,"type":"WindowsAzureActiveDirectoryRole","display":\#(display),"value":\#(value)}"#
  }

  /// What people call the role.
  var name: String? {
    [displayName, value].lazy.compactMap { $0 }.first { !$0.isEmpty }
  }

  private func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case ..<" ":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
