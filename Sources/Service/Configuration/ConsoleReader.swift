/// Reads where the console is and who may sign in there (docs/configuration.md, "Console").
enum ConsoleReader {
  static func read(_ reader: inout ConfigurationReader) -> Settings.Console {
    let publicURL = reader.text("console.publicUrl")
    if let publicURL, let problem = WebAddress.problem(publicURL) { reader.report("console.publicUrl", problem) }
    let isOn = reader.boolean("console.signIn.entra", default: false)
    let operatorRole = reader.text("console.signIn.operatorRole", default: "Rollcall.Operator") ?? ""
    let readerRole = reader.text("console.signIn.readerRole", default: "Rollcall.Reader") ?? ""
    if isOn, publicURL == nil {
      reader.report(
        "console.publicUrl",
        "is required with console.signIn.entra: the address of the console without /console/, where Entra ID sends people back to"
      )
    }
    if operatorRole == readerRole {
      reader.report("console.signIn.readerRole", "must be another role than console.signIn.operatorRole")
    }
    let signIn = isOn ? Settings.Console.SignIn(operatorRole: operatorRole, readerRole: readerRole) : nil
    return Settings.Console(publicURL: publicURL?.droppingTrailingSlash, signIn: signIn)
  }
}
