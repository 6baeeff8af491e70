def make(right, released):
    right["metadata"]["vscode"] = {"interpreter": {"hash": "31f2aee4e71d21fbe5cf8b01ff0e069b"}}
    for one in right["cells"]:
        one["metadata"]["vscode"] = {"languageId": "python"}
        one["metadata"]["notebookRunGroups"] = {"groupValue": "1"}
